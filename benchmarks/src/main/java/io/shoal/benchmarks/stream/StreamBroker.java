package io.shoal.benchmarks.stream;

import static org.apache.kafka.streams.StreamsConfig.AT_LEAST_ONCE;
import static org.apache.kafka.streams.StreamsConfig.EXACTLY_ONCE_V2;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
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
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker and a schema registry for streams to be measured on, and what is sent through them. */
final class StreamBroker implements AutoCloseable {
  static final int PARTITIONS = 4;
  static final Topics TOPICS = new Topics("");

  /** Application of the sidecar. */
  static final String SIDECAR = "shoal-sidecar";

  /** Where the sidecar's states of customers can be read back from. */
  static final String CUSTOMER_STATES = SIDECAR + "-primary-windows-changelog";

  private static final String TERMINAL_STATES = SIDECAR + "-secondary-windows-changelog";
  private static final int K = 64;
  private static final Instant START = Instant.parse("2018-04-01T00:00:00Z");

  private final Population population;
  private final Simulation simulation;
  private final KMeansModelData model;
  private final EmbeddedKafka kafka;
  private final EmbeddedSchemaRegistry registry;
  private final Admin admin;

  StreamBroker(Path folder, Population population) throws InterruptedException, ExecutionException {
    this.population = population;
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    registry = EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    TopicCreator.createMissing(admin, TOPICS.all(PARTITIONS, (short) 1));
    // Before the simulation: a topic that has only just been made does not take everything yet.
    create(PassThrough.OUTPUT, TopicConfig.CLEANUP_POLICY_DELETE);
    create(CUSTOMER_STATES, TopicConfig.CLEANUP_POLICY_COMPACT);
    create(TERMINAL_STATES, TopicConfig.CLEANUP_POLICY_COMPACT);
    create(PassThrough.changelog(EXACTLY_ONCE_V2), TopicConfig.CLEANUP_POLICY_COMPACT);
    create(PassThrough.changelog(AT_LEAST_ONCE), TopicConfig.CLEANUP_POLICY_COMPACT);
    simulation = new Simulation(population, START);
    model = KMeans.fit(simulation.vectors(), K);
  }

  private void create(String topic, String cleanup)
      throws InterruptedException, ExecutionException {
    admin
        .createTopics(
            List.of(
                new NewTopic(topic, PARTITIONS, (short) 1)
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup))))
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

  /** Transactions of times gone by, to be sent as fast as it goes, by their number. */
  IntFunction<ProducerRecord<String, byte[]>> history() {
    return records(population.transactions("t-", this::historic));
  }

  /**
   * Transactions that go on from this number of {@link #history} as they would happen, so many a
   * second.
   */
  IntFunction<ProducerRecord<String, byte[]>> live(int from, int perSecond) {
    Instant now = historic(from);
    return records(
        population.transactions(
            "live-", number -> now.plusMillis((number - from) * 1_000L / perSecond)));
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

  private Instant historic(int number) {
    return START.plus(population.apart().multipliedBy(number));
  }

  /**
   * Writes the states that the customers have before the first transaction to the changelog of a
   * store that is keyed by customer.
   */
  void stockCustomers(String changelog) {
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (StateUnit unit : simulation.units()) {
        if (unit.inLine()) {
          for (int i = 0; i < population.customers(); i++) {
            send(producer, changelog, Population.customer(i), simulation.customerState(unit, i));
          }
        }
      }
    }
  }

  /** Writes the states of the terminals to the changelog that the sidecar reads them back from. */
  void stockTerminals() {
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (StateUnit unit : simulation.units()) {
        if (!unit.inLine()) {
          for (int i = 0; i < population.terminals(); i++) {
            send(
                producer,
                TERMINAL_STATES,
                unit.replicaKey(Population.terminal(i)),
                simulation.terminalState(unit, i));
          }
        }
      }
    }
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, String topic, String key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, key, value));
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
