package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sidecar with a feature set and a record of a user's own. */
class DeclaredSetTopologyTest {
  private static final Instant NOW = Instant.parse("2024-05-06T10:00:00Z");
  private static final Topics TOPICS = new Topics("eu-");
  private static final Schema ORDER =
      SchemaBuilder.record("Order")
          .fields()
          .requiredLong("order_id")
          .requiredLong("at")
          .requiredString("buyer")
          .requiredString("shop")
          .requiredString("country")
          .optionalDouble("total")
          .endRecord();
  private static final String SET =
      """
      name: orders
      source: {topic: orders, id: order_id, event_time: at, event_time_unit: seconds}
      entities:
        buyer: {key: buyer, hop: 10m}
        shop: {key: shop}
        country: {key: country}
      aggregates:
        buyer_sum: {entity: buyer, function: sum, of: {field: total}, windows: [1h]}
        buyer_shops: {entity: buyer, function: distinct, of: {field: shop}, windows: [1d]}
        buyer_bad: {entity: buyer, function: count, over: labels, windows: [7d]}
        shop_max: {entity: shop, function: max, of: {field: total}, windows: [1d]}
        country_bad: {entity: country, function: rate, over: labels, windows: [7d]}
      features:
        - {name: buyer_sum_1h, resolution: 1}
        - {name: buyer_shops_1d, resolution: 1}
        - {name: buyer_bad_7d, resolution: 1}
        - {name: shop_max_1d, resolution: 1, missing: -1}
        - {name: country_bad_7d, resolution: 0.01, missing: -1}
        - {name: gap, value: {since_last: shop}, resolution: 60, missing: -1}
      """;

  @TempDir Path folder;

  private final MockSchemaRegistryClient client = new MockSchemaRegistryClient();
  private final SchemaRegistry registry = new SchemaRegistry(client, Clock.systemUTC());
  private FeatureSet features;
  private SkewReport skew;
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> orders;

  @BeforeEach
  void start() throws IOException {
    start(SET, Map.of());
  }

  private void start(String set, Map<String, String> options) throws IOException {
    Path file = Files.writeString(folder.resolve("orders.yaml"), set);
    SidecarConfig config = config(file, options);
    features = config.features();
    skew = new SkewReport(features);
    Clock clock = Clock.fixed(NOW.plus(Duration.ofDays(400)), ZoneOffset.UTC);
    ModelCache models =
        new ModelCache(
            features,
            TOPICS.models(),
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
            folder.resolve("state").toString(),
            StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
            DeadLetterHandler.class,
            DeadLetterHandler.LETTERS,
            new DeadLetterHandler.Letters(
                TOPICS.deadLetters(), new AvroSerializer<>(registry, DeadLetter.class), clock)));
    driver =
        new TopologyTestDriver(
            new SidecarTopology(
                    config,
                    features,
                    models,
                    new ShadowBoard(),
                    config.reviews(),
                    new RecentPredictions(),
                    new AvroSerdes(registry),
                    config.scoring(),
                    config.skew(skew),
                    topic -> 1,
                    clock)
                .build(),
            settings,
            NOW);
    orders =
        driver.createInputTopic(
            "eu-orders", new StringSerializer(), new ByteArraySerializer(), NOW, Duration.ZERO);
  }

  private SidecarConfig config(Path file, Map<String, String> options) {
    Map<String, String> values = new HashMap<>(options);
    values.put(SidecarConfig.BOOTSTRAP_SERVERS, "unused:1");
    values.put(SidecarConfig.SCHEMA_REGISTRY_URL, "http://unused:1");
    values.put(SidecarConfig.TOPIC_PREFIX, "eu-");
    values.put(SidecarConfig.FEATURES_FILE, file.toString());
    values.put(SidecarConfig.STATE_DIR, folder.resolve("state").toString());
    return new SidecarConfig(values);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void shouldComputeADeclaredSetFromTheUsersOwnRecords() throws Exception {
    order(1, NOW, "anna", "books", "FR", 10.0);
    order(2, NOW.plusSeconds(60), "anna", "shoes", "FR", 5.5);
    order(3, NOW.plusSeconds(90), "bert", "books", "DE", null);
    order(4, NOW.plusSeconds(7_200), "anna", "books", "FR", 1.0);

    assertThat(vectors())
        .extracting(FeatureVector::getValues)
        .containsExactly(
            List.of(10f, 1f, 0f, -1f, -1f, -1f),
            List.of(15.5f, 2f, 0f, -1f, 0f, -1f),
            List.of(0f, 1f, 0f, 10f, -1f, 90f),
            List.of(1f, 2f, 0f, 10f, 0f, 7_110f));
  }

  @Test
  void shouldCountLabelsAtEveryEntityThatAsksForThem() throws Exception {
    order(1, NOW, "anna", "books", "FR", 10.0);
    driver
        .createInputTopic(
            TOPICS.labels(), new StringSerializer(), new AvroSerializer<>(registry, Label.class))
        .pipeInput("1", new Label("1", true, NOW.plusSeconds(30), "test"));
    order(2, NOW.plusSeconds(60), "anna", "shoes", "DE", 5.5);
    order(3, NOW.plusSeconds(60), "bert", "shoes", "FR", 5.5);

    List<FeatureVector> vectors = vectors();
    assertThat(vectors.get(1).getValues().subList(2, 5)).containsExactly(1f, -1f, -1f);
    assertThat(vectors.get(2).getValues().subList(2, 5)).containsExactly(0f, 5.5f, 1f);
  }

  @Test
  void shouldPutAsideRecordsOfASchemaThatDoesNotFit() throws Exception {
    Schema other = SchemaBuilder.record("Refund").fields().requiredLong("order_id").endRecord();
    GenericRecord refund = new GenericData.Record(other);
    refund.put("order_id", 1L);
    orders.pipeInput("anna", bytes(refund));
    order(2, NOW, "anna", "shoes", "DE", 5.5);

    assertThat(output(TOPICS.deadLetters(), DeadLetter.class))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo("wrong-schema");
              assertThat(letter.getMessage()).contains("there is no field 'buyer'");
            });
    assertThat(vectors()).hasSize(1);
  }

  @Test
  void shouldDeleteStatesThatNoWindowCanReach() throws Exception {
    stop();
    start(SET, Map.of(SidecarConfig.SKEW_SAMPLE, "1"));
    order(1, NOW, "anna", "books", "FR", 10.0);
    order(2, NOW.plus(Duration.ofHours(12)), "bert", "shoes", "DE", 10.0);
    // The clock of the stream follows in steps of a day at most.
    for (int day = 1; day <= 100; day++) {
      order(2 + day, NOW.plus(Duration.ofDays(day)), "bert", "shoes", "DE", 10.0);
    }
    driver.advanceWallClockTime(ExpireStates.INTERVAL.plusSeconds(1));

    assertThat(driver.getKeyValueStore(SidecarTopology.PRIMARY_WINDOWS).get("anna")).isNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.PRIMARY_WINDOWS).get("bert")).isNotNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.RAW_PRIMARY).get("anna")).isNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.RAW_SECONDARY).get(replica("books")))
        .isNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.SECONDARY_WINDOWS).get(replica("books")))
        .isNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.REPLICAS).get(replica("books"))).isNull();
    assertThat(driver.getKeyValueStore(SidecarTopology.REPLICAS).get(replica("shoes"))).isNotNull();
  }

  @Test
  void shouldCountWhatComesTooLateAndMeasureHowOldReplicasAre() throws Exception {
    order(1, NOW, "anna", "books", "FR", 10.0);
    order(2, NOW.minus(Duration.ofDays(3)), "anna", "books", "FR", 10.0);

    assertThat(metric("late-events-total")).isPositive();
    assertThat(metric("replica-staleness-max-ms"))
        .isEqualTo((double) Duration.ofDays(400).toMillis());
  }

  @Test
  void shouldFindSkewWhereAStateNoLongerHoldsWhatHappened() throws Exception {
    stop();
    start(SET, Map.of(SidecarConfig.SKEW_SAMPLE, "1"));
    for (int i = 0; i < 20; i++) {
      order(i, NOW.plusSeconds(60L * i), "anna", "books", "FR", 10.0 + i);
      order(100 + i, NOW.plusSeconds(60L * i), "bert", "shoes", "DE", 1.0);
    }
    assertThat(skew.lines()).allMatch(line -> line.checked() == 40);
    assertThat(skew.lines()).allMatch(line -> line.mismatch() + line.missing() == 0);

    driver.getKeyValueStore(SidecarTopology.PRIMARY_WINDOWS).delete("anna");
    driver.getKeyValueStore(SidecarTopology.SECONDARY_WINDOWS).delete(replica("books"));
    order(200, NOW.plusSeconds(1_300), "anna", "books", "FR", 1.0);

    assertThat(line("buyer_sum_1h").mismatch()).isEqualTo(1.0 / 41);
    assertThat(line("buyer_sum_1h").smape()).isBetween(1.9 / 41, 2.0 / 41);
    assertThat(line("shop_max_1d").mismatch()).isEqualTo(1.0 / 41);
    assertThat(line("gap").missing()).isEqualTo(1.0 / 41);
    assertThat(line("buyer_shops_1d").mismatch()).isZero();
    assertThat(metric("skew-mismatch-total")).isEqualTo(1);
    assertThat(metric("skew-missing-total")).isEqualTo(1);
    assertThat(metric("skew-smape-avg")).isPositive();
  }

  private SkewReport.Line line(String feature) {
    return skew.lines().get(features.names().indexOf(feature));
  }

  @Test
  void shouldSampleTheShareOfEntitiesThatIsAskedFor() {
    SkewMeter.Settings settings = new SkewMeter.Settings(0.25, 10, skew);
    long sampled = IntStream.range(0, 4_000).filter(i -> settings.samples("b" + i)).count();

    assertThat(sampled).isBetween(900L, 1_100L);
  }

  @Test
  void shouldSayWhichLineOfTheSetIsWrong() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.yaml"), SET.replace("hop: 10m", "hopp: 10m"));

    assertThatThrownBy(() -> config(file, Map.of()).features())
        .hasMessageContaining("bad.yaml:4:23: unknown field 'hopp'; did you mean 'hop'?");
  }

  @Test
  void shouldCatchUpBesideAnotherSetAndTakeOverBetweenTwoRecords() throws Exception {
    stop();
    start(SET, Map.of(SidecarConfig.SCORE_FROM, NOW.plusSeconds(120).toString()));
    order(1, NOW, "anna", "books", "FR", 10.0);
    driver
        .createInputTopic(
            TOPICS.secondaryEvents(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput("shop@00000000/books", new byte[] {1, 2, 3});
    driver
        .createInputTopic(TOPICS.ledgerEvents(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput("0", packOfAnotherSet());
    orders.advanceTime(Duration.ofMinutes(2));
    order(2, NOW.plusSeconds(120), "anna", "shoes", "FR", 5.5);
    driver
        .createInputTopic(
            TOPICS.labels(), new StringSerializer(), new AvroSerializer<>(registry, Label.class))
        .pipeInput("1", new Label("1", true, NOW.plusSeconds(30), "test"));

    assertThat(vectors()).extracting(v -> v.getValues().get(0)).containsExactly(10f, 15.5f);
    assertThat(output(TOPICS.predictions(), Prediction.class))
        .extracting(Prediction::getTransactionId)
        .containsExactly("2");
    assertThat(output(TOPICS.feedback(), Feedback.class))
        .singleElement()
        .satisfies(f -> assertThat(f.getValues()).hasSize(6));
    assertThat(output(TOPICS.deadLetters(), DeadLetter.class)).isEmpty();
  }

  private byte[] packOfAnotherSet() {
    return pack(scored(ScoredEntry.set("another")));
  }

  private byte[] scored(long set) {
    return ScoredEntry.toBytes(features.newEvent(), new float[] {1}, new Prediction(), set);
  }

  private static byte[] pack(byte[] entry) {
    Pack pack = new Pack();
    pack.add("1", entry);
    return pack.toBytes();
  }

  @Test
  void shouldKeepALabelWhoseTransactionComesInAFormThatCannotBeRead() throws Exception {
    driver
        .createInputTopic(
            TOPICS.labels(), new StringSerializer(), new AvroSerializer<>(registry, Label.class))
        .pipeInput("1", new Label("1", true, NOW.plusSeconds(30), "test"));
    byte[] entry = scored(ScoredEntry.set(features.fingerprint()));
    entry[ScoredEntry.HEADER_BYTES]++;
    driver
        .createInputTopic(TOPICS.ledgerEvents(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput("0", pack(entry));

    assertThat(output(TOPICS.deadLetters(), DeadLetter.class))
        .singleElement()
        .satisfies(letter -> assertThat(letter.getMessage()).contains("another version of Shoal"));
    order(1, NOW, "anna", "books", "FR", 10.0);
    assertThat(output(TOPICS.feedback(), Feedback.class)).hasSize(1);
  }

  @Test
  void shouldRefuseAnHourThatIsNone() {
    assertThatThrownBy(() -> config(folder, Map.of(SidecarConfig.SCORE_FROM, "noon")))
        .hasMessageContaining("score.from")
        .hasMessageContaining("2024-05-06T10:00:00Z");
  }

  private String replica(String shop) {
    return features.units().stream()
        .filter(unit -> unit.name().equals("shop"))
        .findFirst()
        .orElseThrow()
        .replicaKey(shop);
  }

  private double metric(String name) {
    return driver.metrics().values().stream()
        .filter(m -> m.metricName().name().equals(name))
        .mapToDouble(m -> ((Number) m.metricValue()).doubleValue())
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElseThrow();
  }

  private List<FeatureVector> vectors() {
    return output(TOPICS.features(), FeatureVector.class);
  }

  private <T extends SpecificRecord> List<T> output(String topic, Class<T> type) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new AvroDeserializer<>(registry, type))
        .readValuesToList();
  }

  private void order(long id, Instant at, String buyer, String shop, String country, Double total)
      throws Exception {
    GenericRecord order = new GenericData.Record(ORDER);
    order.put("order_id", id);
    order.put("at", at.getEpochSecond());
    order.put("buyer", buyer);
    order.put("shop", shop);
    order.put("country", country);
    order.put("total", total);
    orders.pipeInput(buyer, bytes(order));
  }

  /** As any Confluent serializer writes it. */
  private byte[] bytes(GenericRecord record) throws Exception {
    int id = registry.register("eu-" + record.getSchema().getName(), record.getSchema());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
