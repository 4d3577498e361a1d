package io.shoal.benchmarks.stream;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.Vectorizer;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.schemas.avro.Transaction;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker and a schema registry for streams to be measured on, and what is sent through them. */
final class StreamBroker implements AutoCloseable {
  static final int PARTITIONS = 4;
  static final Topics TOPICS = new Topics("");
  private static final int K = 64;
  static final int CUSTOMERS = 5_000;

  /** Two transactions a day for each of the sample's 5,000 customers. */
  private static final int SECONDS_APART = 9;

  /** Vectors that the model is fitted to: one of so many transactions each. */
  private static final int POINTS = 4_000;

  private static final int TRANSACTIONS_PER_POINT = 200;
  private static final Instant START = Instant.parse("2018-04-01T00:00:00Z");

  private final EmbeddedKafka kafka;
  private final EmbeddedSchemaRegistry registry;
  private final Admin admin;
  private final KMeansModelData model = KMeans.fit(vectors(), K);

  StreamBroker(Path folder) throws InterruptedException, ExecutionException {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    registry = EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    TopicCreator.createMissing(admin, TOPICS.all(PARTITIONS, (short) 1));
    admin
        .createTopics(List.of(new NewTopic(PassThrough.OUTPUT, PARTITIONS, (short) 1)))
        .all()
        .get();
  }

  String brokers() {
    return kafka.bootstrapServers();
  }

  String registryUrl() {
    return registry.url();
  }

  KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers", brokers(), "acks", "all", "linger.ms", 5, "batch.size", 64 << 10),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  /** Transactions of months gone by, to be sent as fast as it goes, by their number. */
  IntFunction<ProducerRecord<String, byte[]>> history(int customers) {
    return records(transactions("t-", customers, StreamBroker::historic));
  }

  /**
   * Transactions that go on from this number of {@link #history} as they would happen, so many a
   * second.
   */
  IntFunction<ProducerRecord<String, byte[]>> live(int customers, int from, int perSecond) {
    Instant now = historic(from);
    return records(
        transactions(
            "live-", customers, number -> now.plusMillis((number - from) * 1_000L / perSecond)));
  }

  private IntFunction<ProducerRecord<String, byte[]>> records(
      IntFunction<Transaction> transactions) {
    AvroSerializer<Transaction> serializer =
        new AvroSerializer<>(SchemaRegistry.at(registry.url()), Transaction.class);
    return number -> {
      Transaction transaction = transactions.apply(number);
      return new ProducerRecord<>(
          PassThrough.SOURCE,
          transaction.getCustomerId(),
          serializer.serialize(PassThrough.SOURCE, transaction));
    };
  }

  /**
   * So many customers, one after the other and then at random, 10,000 terminals, as often as those
   * of the sample data: only so are the states as large as theirs.
   */
  private static IntFunction<Transaction> transactions(
      String prefix, int customers, IntFunction<Instant> eventTime) {
    Random random = new Random(1);
    return number ->
        new Transaction(
            prefix + number,
            eventTime.apply(number),
            "c" + (customers > number ? number : random.nextInt(customers)),
            "m" + random.nextInt(10_000),
            Math.round(5_000 * Math.exp(random.nextGaussian())) / 100.0);
  }

  private static Instant historic(int number) {
    return START.plusSeconds((long) SECONDS_APART * number);
  }

  /** Sends so many transactions as fast as it can. */
  void fill(IntFunction<ProducerRecord<String, byte[]>> traffic, int from, int count) {
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (int i = from; i < from + count; i++) {
        var unused = producer.send(traffic.apply(i));
      }
    }
  }

  /** Announces a version of a model of all fifteen features. */
  void promote(long number) {
    try (KafkaProducer<String, byte[]> producer = producer()) {
      ModelUpdate update =
          new ModelUpdate("default", "champion", Instant.EPOCH, "bench", version(number), null);
      var unused =
          producer.send(
              new ProducerRecord<>(
                  TOPICS.models(),
                  "default/champion",
                  new AvroSerializer<>(SchemaRegistry.at(registry.url()), ModelUpdate.class)
                      .serialize(TOPICS.models(), update)));
    }
  }

  private ModelVersion version(long number) {
    FeatureSet features = FeatureSet.cardTransactions();
    ModelVersion version =
        ModelCodec.encode(
            model,
            new ModelMetadata(
                "default",
                Instant.EPOCH,
                Instant.EPOCH,
                "bench",
                number,
                features.fingerprint(),
                features.names(),
                Map.of(),
                Map.of(),
                List.of()));
    version.setVersion(number);
    return version;
  }

  /** What the model is fitted to: the vectors of such traffic. */
  private static float[][] vectors() {
    FeatureSet features = FeatureSet.cardTransactions();
    Vectorizer vectorizer = features.newVectorizer();
    Event event = features.newEvent();
    List<Map<String, byte[]>> states =
        features.units().stream().<Map<String, byte[]>>map(unit -> new HashMap<>()).toList();
    IntFunction<Transaction> transactions = transactions("t-", CUSTOMERS, StreamBroker::historic);
    float[][] points = new float[POINTS][features.dimension()];
    for (int i = 0; i < POINTS * TRANSACTIONS_PER_POINT; i++) {
      Transaction transaction = transactions.apply(i);
      event.timeMs = transaction.getEventTime().toEpochMilli();
      event.keys[0] = transaction.getCustomerId();
      event.keys[1] = transaction.getTerminalId();
      event.numbers[0] = transaction.getAmount();
      vectorizer.begin(event);
      for (int u = 0; u < states.size(); u++) {
        vectorizer.state(u).read(states.get(u).get(key(features, u, event)));
        vectorizer.add(u);
      }
      if (i % TRANSACTIONS_PER_POINT == 0) {
        vectorizer.compute(points[i / TRANSACTIONS_PER_POINT]);
      }
      for (int u = 0; u < states.size(); u++) {
        states.get(u).put(key(features, u, event), vectorizer.state(u).toBytes());
      }
    }
    return points;
  }

  private static String key(FeatureSet features, int unit, Event event) {
    return event.keys[features.units().get(unit).entity()];
  }

  /**
   * How many records of these topics an application has yet to read; those without a commit all.
   */
  long lag(String application, Collection<String> topics)
      throws InterruptedException, ExecutionException {
    Set<TopicPartition> partitions =
        topics.stream()
            .flatMap(
                topic -> IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)))
            .collect(Collectors.toSet());
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, OffsetAndMetadata> read =
        admin
            .listConsumerGroupOffsets(application)
            .partitionsToOffsetAndMetadata(application)
            .get();
    return admin.listOffsets(latest).all().get().entrySet().stream()
        .mapToLong(
            end -> {
              OffsetAndMetadata position = read.get(end.getKey());
              return end.getValue().offset() - (position == null ? 0 : position.offset());
            })
        .sum();
  }

  /** Waits until an application has no more than so many records of these topics to read. */
  void awaitLag(String application, Collection<String> topics, long most, Duration patience)
      throws InterruptedException, ExecutionException {
    long deadlineNs = System.nanoTime() + patience.toNanos();
    while (lag(application, topics) > most) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(
            application + " has " + lag(application, topics) + " records still to read");
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  @Override
  public void close() {
    admin.close();
    registry.close();
    kafka.close();
  }
}
