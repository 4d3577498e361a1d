package io.shoal.registry.server;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryException;
import io.shoal.registry.client.ModelSignature;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.store.TestDatabases;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two registries on one PostgreSQL, which goes away and comes back. */
class TwoRegistriesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Short in CI; with -Dshoal.test.outage.seconds=60 the database is away for a minute. */
  private static final Duration OUTAGE =
      Duration.ofSeconds(Long.getLong("shoal.test.outage.seconds", 1));

  @TempDir Path folder;
  private final Topics topics = new Topics("");
  private final String database = TestDatabases.postgresUrl();
  private EmbeddedKafka kafka;
  private EmbeddedSchemaRegistry schemas;
  private KafkaProducer<String, ModelVersion> producer;
  private Switch wire;
  private KeyPair keys;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    schemas = EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(1, (short) 1));
    }
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(schemas.url()), ModelVersion.class));
    wire = new Switch(TestDatabases.postgresPort());
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
  }

  @AfterEach
  void stop() throws Exception {
    producer.close();
    wire.close();
    schemas.close();
    kafka.close();
  }

  @Test
  void shouldLoseAndDoubleNothingWhenInstancesAndTheDatabaseGo() throws Exception {
    ModelRegistryServer first = registry();
    ModelRegistryServer second = registry();
    try {
      await().atMost(PATIENCE).until(first::active);
      send(1);
      await().atMost(PATIENCE).until(() -> versions(second) == 1);
      assertThat(second.active()).as("one is active").isFalse();

      // A change on the one that is not active is announced by the one that is.
      client(second).promote(MODEL, "canary", 1, null, "ann", "try");
      await().atMost(PATIENCE).until(() -> announced().contains("canary 1"));

      wire.cut();
      send(2);
      await().atMost(OUTAGE.plus(PATIENCE)).during(OUTAGE).until(() -> status(first) == 503);
      wire.join();
      await().atMost(PATIENCE).until(() -> versions(first) == 2);

      first.close();
      await().atMost(PATIENCE).until(second::active);
      send(3);
      await().atMost(PATIENCE).until(() -> versions(second) == 3);
      await().atMost(PATIENCE).until(() -> announced().contains("champion 3"));

      assertThat(client(second).versions(MODEL, Long.MAX_VALUE, 10))
          .extracting(RegisteredVersion::version)
          .containsExactly(3L, 2L, 1L);
      assertThat(announced().stream().distinct())
          .containsExactly("champion 1", "canary 1", "champion 2", "champion 3");
      assertThat(client(second).integrity(null).brokenAt()).isNull();
    } finally {
      first.close();
      second.close();
    }
  }

  private ModelRegistryServer registry() {
    ModelRegistryServer server =
        new ModelRegistryServer(
            new RegistryConfig(
                Map.of(
                    RegistryConfig.BOOTSTRAP_SERVERS,
                    kafka.bootstrapServers(),
                    RegistryConfig.SCHEMA_REGISTRY_URL,
                    schemas.url(),
                    RegistryConfig.HTTP_PORT,
                    "0",
                    RegistryConfig.JDBC_URL,
                    database.replace(
                        ":" + TestDatabases.postgresPort() + "/", ":" + wire.port() + "/"),
                    RegistryConfig.SIGNING_KEY,
                    folder.resolve("key.pem").toString())));
    server.start();
    return server;
  }

  private void send(long sequence) throws Exception {
    producer
        .send(new ProducerRecord<>(topics.modelCandidates(), MODEL, candidate("job", sequence)))
        .get();
  }

  private static ModelRegistryClient client(ModelRegistryServer server) {
    return new ModelRegistryClient(URI.create(server.url()), null);
  }

  private static int versions(ModelRegistryServer server) {
    try {
      return client(server).versions(MODEL, Long.MAX_VALUE, 10).size();
    } catch (ModelRegistryException notYet) {
      return -1;
    }
  }

  private static int status(ModelRegistryServer server) {
    try {
      new ModelRegistryClient(URI.create(server.url()), null, null, Duration.ofSeconds(20), 1, 1)
          .models();
      return 200;
    } catch (ModelRegistryException e) {
      return e.status();
    }
  }

  /** What sidecars are told, all of it signed. */
  private List<String> announced() {
    TopicPartition partition = new TopicPartition(topics.models(), 0);
    List<String> announced = new ArrayList<>();
    try (KafkaConsumer<String, ModelUpdate> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new AvroDeserializer<>(SchemaRegistry.at(schemas.url()), ModelUpdate.class))) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long end = consumer.endOffsets(Set.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(
                message -> {
                  ModelUpdate update = message.value();
                  ModelSignature.require(update, List.of(keys.getPublic()));
                  announced.add(update.getAlias() + " " + update.getVersion().getVersion());
                });
      }
    }
    return announced;
  }
}
