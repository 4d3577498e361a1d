package io.shoal.flinkjob;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic of vectors with one partition, and the candidates that a trainer makes of it. */
final class VectorTopic implements AutoCloseable {
  private static final String TOPIC = "vectors";
  private static final int D = 3;

  /** Of which the vectors are in turns; this topic has no use for their fingerprint otherwise. */
  static final List<String> SEGMENTS = List.of("even", "odd");

  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final String brokers;
  private final SchemaRegistry schemas;
  private final KafkaProducer<String, FeatureVector> producer;
  private final Random random = new Random(5);
  private long produced;

  VectorTopic(String brokers, String schemaRegistryUrl) throws Exception {
    this.brokers = brokers;
    this.schemas = SchemaRegistry.at(schemaRegistryUrl);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "linger.ms", 5),
            new StringSerializer(),
            new AvroSerializer<>(schemas, FeatureVector.class));
  }

  /** Options of a trainer of this topic. */
  Map<String, String> options(String schemaRegistryUrl) {
    Map<String, String> values = new HashMap<>();
    values.put("bootstrap.servers", brokers);
    values.put("schema.registry.url", schemaRegistryUrl);
    values.put("vectors.topic", TOPIC);
    values.put("vectors.array", "values");
    values.put("vectors.event.time", "event_time");
    values.put("model.features", "x,y,z");
    values.put("model.segment", "fingerprint");
    values.put("model.k", "4");
    values.put("model.half.life", "20s");
    return values;
  }

  /** Appends vectors around four places. */
  void produce(int count) throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] values = new float[D];
      for (int f = 0; f < D; f++) {
        values[f] = 2f * (produced % 4) + 0.05f * (float) random.nextGaussian();
      }
      FeatureVector vector =
          new FeatureVector(
              "t-" + produced,
              Instant.ofEpochMilli(produced),
              SEGMENTS.get((int) (produced % SEGMENTS.size())),
              FloatArrays.asList(values));
      produced++;
      sent.add(producer.send(new ProducerRecord<>(TOPIC, "", vector)));
    }
    producer.flush();
    for (Future<?> record : sent) {
      record.get();
    }
  }

  long produced() {
    return produced;
  }

  /** The committed candidates of a model from the first to one that satisfies the condition. */
  List<ModelVersion> candidatesUntil(String model, Predicate<ModelVersion> enough) {
    AvroDeserializer<ModelVersion> avro = new AvroDeserializer<>(schemas, ModelVersion.class);
    TopicPartition partition = new TopicPartition("model-candidates", 0);
    List<ModelVersion> versions = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
      while (System.nanoTime() < deadlineNs) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          ModelVersion version = avro.deserialize(record.topic(), record.value());
          if (version.getModelName().equals(model)) {
            versions.add(version);
            if (enough.test(version)) {
              return versions;
            }
          }
        }
      }
    }
    throw new AssertionError("not enough within " + TIMEOUT + ": " + versions.size() + " versions");
  }

  /** Events that a candidate has learned from or put into quarantine. */
  static long seen(ModelVersion version) {
    Map<String, Double> metrics = version.getMetrics();
    return (long) (metrics.get("events_learned") + metrics.get("events_quarantined"));
  }

  @Override
  public void close() {
    producer.close();
  }
}
