package io.shoal.serving;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Transaction;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The sidecar's topology on card transactions, without a broker. */
final class TestTopology implements AutoCloseable {
  static final Instant NOW = Instant.parse("2018-06-01T12:00:00Z");

  private final Topics topics = new Topics("");
  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final ModelCache cache;
  private final ShadowBoard board = new ShadowBoard();
  private final ReviewBoard reviews;
  private final RecentPredictions recent = new RecentPredictions();
  private final TopologyTestDriver driver;
  private final TestInputTopic<String, Transaction> transactions;
  private final TestInputTopic<String, Label> labels;
  private final TestInputTopic<String, ModelUpdate> models;

  TestTopology(Path stateDir, Map<String, String> options) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                SidecarConfig.BOOTSTRAP_SERVERS, "unused:1",
                SidecarConfig.SCHEMA_REGISTRY_URL, "http://unused:1",
                SidecarConfig.STATE_DIR, stateDir.toString()));
    all.putAll(options);
    SidecarConfig config = new SidecarConfig(all);
    reviews = config.reviews();
    Clock clock = Clock.fixed(NOW.plus(Duration.ofDays(100)), ZoneOffset.UTC);
    cache =
        new ModelCache(
            TestModels.FEATURES,
            topics.models(),
            "default",
            "champion",
            config.canaries(),
            new AvroDeserializer<>(registry, ModelUpdate.class),
            List.of());
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            config.application(),
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            "unused:1",
            StreamsConfig.STATE_DIR_CONFIG,
            stateDir.toString(),
            StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
            DeadLetterHandler.class,
            DeadLetterHandler.LETTERS,
            new DeadLetterHandler.Letters(
                topics.deadLetters(), new AvroSerializer<>(registry, DeadLetter.class), clock)));
    driver =
        new TopologyTestDriver(
            new SidecarTopology(
                    config,
                    TestModels.FEATURES,
                    cache,
                    board,
                    reviews,
                    recent,
                    new AvroSerdes(registry),
                    config.scoring(),
                    config.skew(new SkewReport(TestModels.FEATURES)),
                    topic -> 1,
                    clock)
                .build(),
            settings,
            NOW);
    transactions =
        driver.createInputTopic(
            topics.transactions(),
            new StringSerializer(),
            new AvroSerializer<>(registry, Transaction.class));
    labels =
        driver.createInputTopic(
            topics.labels(), new StringSerializer(), new AvroSerializer<>(registry, Label.class));
    models =
        driver.createInputTopic(
            topics.models(),
            new StringSerializer(),
            new AvroSerializer<>(registry, ModelUpdate.class));
  }

  /** Announces a version under an alias. */
  void promote(String alias, long version) {
    ModelUpdate update = TestModels.champion(version);
    update.setAlias(alias);
    models.pipeInput("default/" + alias, update);
  }

  /** Takes the version from an alias. */
  void remove(String alias) {
    models.pipeInput("default/" + alias, null);
  }

  void send(String id, String customer, double amount) {
    send(id, customer, amount, 0);
  }

  /** Sends a transaction of so many days later. */
  void send(String id, String customer, double amount, int days) {
    Instant time = NOW.plus(Duration.ofDays(days));
    transactions.pipeInput(customer, new Transaction(id, time, customer, "m-1", amount), NOW);
  }

  /** Says what a transaction was. */
  void label(String id, boolean fraud) {
    labels.pipeInput(id, new Label(id, fraud, NOW, "test"), NOW);
  }

  /** Lets time pass on the clock on the wall. */
  void pass(Duration duration) {
    driver.advanceWallClockTime(duration);
  }

  /** What was counted for the grades. */
  GradeReader grades() {
    return new GradeReader(driver.<Bytes, byte[]>getKeyValueStore(SidecarTopology.GRADES));
  }

  <T extends SpecificRecord> TestOutputTopic<String, T> output(String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), new AvroDeserializer<>(registry, type));
  }

  /** What stands on a topic, as bytes. */
  List<byte[]> bytes(String topic) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
        .readValuesToList();
  }

  ModelCache cache() {
    return cache;
  }

  ShadowBoard board() {
    return board;
  }

  ReviewBoard reviews() {
    return reviews;
  }

  RecentPredictions recent() {
    return recent;
  }

  @Override
  public void close() {
    driver.close();
  }
}
