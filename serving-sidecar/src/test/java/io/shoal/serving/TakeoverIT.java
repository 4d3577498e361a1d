package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A changed feature set beside the old one, while transactions flow. */
class TakeoverIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int BEFORE = 200;

  @TempDir Path folder;

  private int sent;

  @Test
  void shouldSwitchToANewSetByItselfOncePredictedByExactlyOne() throws Exception {
    Path file = folder.resolve("next.yaml");
    Files.writeString(file, changedSet());
    FeatureSet next = FeatureSet.load(file);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
        Sidecar old = new Sidecar(config(kafka, registry, "old", Map.of()));
        KafkaProducer<String, Object> producer = producer(kafka, registry)) {
      old.start();
      assertThat(old.awaitRunning(TIMEOUT)).isTrue();
      for (int i = 0; i < BEFORE; i++) {
        send(producer);
      }
      Map<String, List<String>> predictions = new HashMap<>();
      try (KafkaConsumer<String, Prediction> consumer = consumer(kafka, registry);
          Sidecar sidecar =
              new Sidecar(
                  config(
                      kafka,
                      registry,
                      "next",
                      Map.of(
                          SidecarConfig.FEATURES_FILE, file.toString(),
                          SidecarConfig.SCORE_FROM, "caught-up",
                          SidecarConfig.TAKEOVER_NOTICE_MS, "3000",
                          SidecarConfig.MODEL_ALIAS, "next")))) {
        consumer.subscribe(List.of("predictions"));
        sidecar.start();
        producer.send(new ProducerRecord<>("models", "default/next", model(next))).get();
        await()
            .atMost(TIMEOUT)
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> {
                  send(producer);
                  read(consumer, predictions);
                  return predictions.values().stream()
                          .filter(by -> by.contains(next.fingerprint()))
                          .count()
                      >= 20;
                });
        await()
            .atMost(TIMEOUT)
            .until(
                () -> {
                  read(consumer, predictions);
                  return predictions.size() == sent;
                });
      }
      assertThat(predictions.values()).allMatch(by -> by.size() == 1);
      assertThat(predictions.get("t-0")).containsExactly(TestModels.FEATURES.fingerprint());
      assertThat(predictions.get("t-" + (sent - 1))).containsExactly(next.fingerprint());
    }
  }

  private static String changedSet() throws Exception {
    try (InputStream set =
        Objects.requireNonNull(
            FeatureSet.class.getResourceAsStream("/io/shoal/features/card-transactions.yaml"))) {
      return new String(set.readAllBytes(), StandardCharsets.UTF_8)
          .replace("function: count, windows: [1d, 7d, 30d]}", "function: count, windows: [2d]}");
    }
  }

  private static ModelUpdate model(FeatureSet features) {
    return new ModelUpdate(
        "default",
        "next",
        Instant.EPOCH,
        "test",
        TestModels.version(1, features.fingerprint()),
        null);
  }

  private SidecarConfig config(
      EmbeddedKafka kafka,
      EmbeddedSchemaRegistry registry,
      String name,
      Map<String, String> options) {
    Map<String, String> values = new HashMap<>(options);
    values.put(SidecarConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    values.put(SidecarConfig.SCHEMA_REGISTRY_URL, registry.url());
    values.put(SidecarConfig.APPLICATION_ID, name);
    values.put(SidecarConfig.HTTP_PORT, "0");
    values.put(SidecarConfig.ROCKSDB_MEMORY_MB, "32");
    values.put(SidecarConfig.STATE_DIR, folder.resolve(name).toString());
    return new SidecarConfig(values);
  }

  private static KafkaProducer<String, Object> producer(
      EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
    SchemaRegistry schemas = SchemaRegistry.at(registry.url());
    AvroSerializer<Transaction> transactions = new AvroSerializer<>(schemas, Transaction.class);
    AvroSerializer<ModelUpdate> models = new AvroSerializer<>(schemas, ModelUpdate.class);
    return new KafkaProducer<>(
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
        new StringSerializer(),
        (topic, value) ->
            value instanceof Transaction transaction
                ? transactions.serialize(topic, transaction)
                : models.serialize(topic, (ModelUpdate) value));
  }

  private void send(KafkaProducer<String, Object> producer) throws Exception {
    String customer = "c-" + sent % 12;
    producer
        .send(
            new ProducerRecord<>(
                "transactions",
                customer,
                new Transaction("t-" + sent, Instant.now(), customer, "m-1", 10.0)))
        .get();
    sent++;
  }

  private static KafkaConsumer<String, Prediction> consumer(
      EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
            ConsumerConfig.GROUP_ID_CONFIG, "test",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
        new StringDeserializer(),
        new AvroDeserializer<>(SchemaRegistry.at(registry.url()), Prediction.class));
  }

  private static void read(
      KafkaConsumer<String, Prediction> consumer, Map<String, List<String>> predictions) {
    consumer
        .poll(Duration.ofMillis(50))
        .forEach(
            record ->
                predictions
                    .computeIfAbsent(record.value().getTransactionId(), id -> new ArrayList<>())
                    .add(record.value().getFingerprint()));
  }
}
