package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.ModelVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** A broker, a schema registry, and one pipeline's topics to write to and read from. */
final class TrainerHarness implements AutoCloseable {
  static final FeatureSet FEATURES = FeatureSet.cardTransactions();
  private static final int PARTITIONS = 3;

  /**
   * Of the clusters. Where k-means++ starts depends on the order in which partitions are read; with
   * 0.05 it would put two centroids in one cluster in one start of 200, with this in one of 5,000.
   */
  static final float SPREAD = 0.01f;

  /** Centres of the clusters that are produced, one value for all features. */
  static final float[] CENTRES = {-3f, -1f, 1f, 3f};

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  final Topics topics;
  private final int partitions;
  private final EmbeddedKafka kafka;
  private final Map<String, String> security;
  private final EmbeddedSchemaRegistry schemas;
  private final KafkaProducer<String, byte[]> producer;
  private final AvroSerializer<FeatureVector> vectors;
  private final AvroSerializer<Feedback> feedback;
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private long produced;

  TrainerHarness(EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, String prefix) {
    this(kafka, schemas, prefix, PARTITIONS);
  }

  TrainerHarness(
      EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, String prefix, int partitions) {
    this(kafka, schemas, prefix, partitions, Map.of());
  }

  /** One whose own clients need more settings to be let in. */
  TrainerHarness(
      EmbeddedKafka kafka,
      EmbeddedSchemaRegistry schemas,
      String prefix,
      int partitions,
      Map<String, String> security) {
    this.partitions = partitions;
    this.security = security;
    this.kafka = kafka;
    this.schemas = schemas;
    this.topics = new Topics(prefix);
    SchemaRegistry registry = SchemaRegistry.at(schemas.url());
    vectors = new AvroSerializer<>(registry, FeatureVector.class);
    feedback = new AvroSerializer<>(registry, Feedback.class);
    try (Admin admin = Admin.create(client(Map.of()))) {
      TopicCreator.createMissing(admin, topics.all(partitions, (short) 1));
      awaitLeaders(admin);
    }
    producer =
        new KafkaProducer<>(
            client(Map.of("acks", "all", "linger.ms", "5")),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /**
   * Waits until the broker leads the new partitions. A producer that writes before loses its first
   * batches to NOT_LEADER_OR_FOLLOWER while later ones get in, and then retries for ever out of
   * sequence.
   */
  private void awaitLeaders(Admin admin) {
    Map<TopicPartition, OffsetSpec> offsets = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      offsets.put(new TopicPartition(topics.features(), i), OffsetSpec.latest());
      offsets.put(new TopicPartition(topics.feedback(), i), OffsetSpec.latest());
    }
    Awaitility.await()
        .atMost(TIMEOUT)
        .ignoreExceptions()
        .until(() -> admin.listOffsets(offsets).all().get().size() == offsets.size());
  }

  private Map<String, Object> client(Map<String, String> more) {
    Map<String, Object> settings = new HashMap<>(security);
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    settings.putAll(more);
    return settings;
  }

  /** A configuration for this pipeline with four clusters, one for each centre. */
  TrainerConfig config(Path checkpoints, Map<String, String> more) {
    return new TrainerConfig(values(checkpoints, more));
  }

  /** The same as it would stand in a file. */
  Map<String, String> values(Path checkpoints, Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    values.put(TrainerConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    values.put(TrainerConfig.SCHEMA_REGISTRY_URL, schemas.url());
    values.put(TrainerConfig.TOPIC_PREFIX, topics.prefix());
    values.put(TrainerConfig.MODEL_K, String.valueOf(CENTRES.length));
    values.put(TrainerConfig.MODEL_HALF_LIFE, "none");
    values.put(TrainerConfig.MODEL_KERNEL, "scalar");
    values.put(TrainerConfig.BATCH_SIZE, "256");
    values.put(TrainerConfig.BATCH_INTERVAL_MS, "50");
    values.put(TrainerConfig.PUBLISH_INTERVAL_MS, "100");
    values.put(TrainerConfig.CHECKPOINT_INTERVAL_MS, "300");
    values.put(TrainerConfig.CHECKPOINT_DIR, checkpoints.toUri().toString());
    values.putAll(more);
    return values;
  }

  /** Produces vectors around the centres, as many of each. */
  void produce(int count) {
    produce(count, 0);
  }

  /** Produces vectors that lie beside the centres. */
  void produce(int count, float beside) {
    for (int i = 0; i < count; i++) {
      List<Float> values = new ArrayList<>(FEATURES.dimension());
      float centre = CENTRES[(int) (produced % CENTRES.length)];
      for (int f = 0; f < FEATURES.dimension(); f++) {
        values.add(centre + beside + SPREAD * (float) random.nextGaussian());
      }
      send(vector(FEATURES.fingerprint(), values));
    }
    flush();
  }

  FeatureVector vector(String fingerprint, List<Float> values) {
    long id = produced++;
    return new FeatureVector("t-" + id, Instant.ofEpochMilli(id), fingerprint, values);
  }

  void send(FeatureVector vector) {
    sendBytes(vectors.serialize(topics.features(), vector));
  }

  void sendBytes(byte[] value) {
    // Round-robin, so that every partition has something.
    sent.add(
        producer.send(
            new ProducerRecord<>(
                topics.features(), (int) (produced % partitions), "c-" + produced % 100, value)));
  }

  void sendLabel(float centre, boolean fraud) {
    List<Float> values = new ArrayList<>();
    for (int f = 0; f < FEATURES.dimension(); f++) {
      values.add(centre);
    }
    Instant now = Instant.ofEpochMilli(produced);
    Feedback label =
        new Feedback(
            "t-0",
            now,
            now,
            "c-0",
            fraud,
            "",
            FEATURES.fingerprint(),
            values,
            null,
            null,
            false,
            null);
    sent.add(
        producer.send(
            new ProducerRecord<>(
                topics.feedback(), "c-0", feedback.serialize(topics.feedback(), label))));
    flush();
  }

  private void flush() {
    producer.flush();
    for (Future<RecordMetadata> record : sent) {
      try {
        record.get();
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError("a record was not written", e);
      }
    }
    sent.clear();
  }

  /** Whether a candidate was made after this many events. */
  static Predicate<ModelVersion> learned(long events) {
    return version -> seen(version) >= events;
  }

  /** Events that a candidate has learned from or put into quarantine. */
  static long seen(ModelVersion version) {
    Map<String, Double> metrics = version.getMetrics();
    return (long) (metrics.get("events_learned") + metrics.get("events_quarantined"));
  }

  static void assertGapless(List<ModelVersion> versions) {
    assertThat(versions.stream().map(ModelVersion::getSequence))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, versions.size()).boxed().toList());
    assertThat(versions.stream().map(ModelVersion::getJobId).distinct()).hasSize(1);
  }

  /** The committed candidates from the first on, read until one of them satisfies the condition. */
  List<ModelVersion> candidatesUntil(Predicate<ModelVersion> enough) {
    return readUntil(topics.modelCandidates(), ModelVersion.class, enough);
  }

  /** The committed drift events, read until one of them satisfies the condition. */
  List<DriftEvent> driftEventsUntil(Predicate<DriftEvent> enough) {
    return readUntil(topics.driftEvents(), DriftEvent.class, enough);
  }

  private <T extends SpecificRecord> List<T> readUntil(
      String topic, Class<T> type, Predicate<T> enough) {
    AvroDeserializer<T> deserializer =
        new AvroDeserializer<>(SchemaRegistry.at(schemas.url()), type);
    TopicPartition partition = new TopicPartition(topic, 0);
    List<T> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            client(Map.of("isolation.level", "read_committed")),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long deadline = System.nanoTime() + TIMEOUT.toNanos();
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          T value = deserializer.deserialize(record.topic(), record.value());
          records.add(value);
          if (enough.test(value)) {
            return records;
          }
        }
      }
    }
    throw new AssertionError("nothing was enough within " + TIMEOUT + "; seen: " + records);
  }

  @Override
  public void close() {
    producer.close();
  }
}
