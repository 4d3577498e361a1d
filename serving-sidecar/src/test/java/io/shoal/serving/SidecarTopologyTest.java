package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.features.RecordReader;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarTopologyTest {
  private static final Topics TOPICS = new Topics("");
  private static final Instant NOW = Instant.parse("2018-06-01T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path stateDir;

  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private Topology topology;
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> transactions;
  private TestInputTopic<String, Label> labels;
  private TestInputTopic<String, ModelUpdate> models;
  private TestOutputTopic<String, Prediction> predictions;
  private TestOutputTopic<String, Prediction> alerts;
  private TestOutputTopic<String, FeatureVector> features;
  private TestOutputTopic<String, Feedback> feedback;
  private TestOutputTopic<String, DeadLetter> deadLetters;

  @BeforeEach
  void start() {
    SidecarConfig config =
        new SidecarConfig(
            Map.of(
                SidecarConfig.BOOTSTRAP_SERVERS, "unused:1",
                SidecarConfig.SCHEMA_REGISTRY_URL, "http://unused:1",
                SidecarConfig.STATE_DIR, stateDir.toString()));
    Clock clock = Clock.fixed(NOW.plus(Duration.ofDays(100)), ZoneOffset.UTC);
    ModelCache cache =
        new ModelCache(
            TestModels.FEATURES,
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
            stateDir.toString(),
            StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
            DeadLetterHandler.class,
            StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
            DeadLetterHandler.class,
            DeadLetterHandler.LETTERS,
            new DeadLetterHandler.Letters(
                TOPICS.deadLetters(), new AvroSerializer<>(registry, DeadLetter.class), clock)));
    topology =
        new SidecarTopology(
                config,
                TestModels.FEATURES,
                cache,
                new ShadowBoard(),
                config.reviews(),
                new RecentPredictions(),
                new AvroSerdes(registry),
                config.scoring(),
                config.skew(new SkewReport(TestModels.FEATURES)),
                topic -> 1,
                clock)
            .build();
    driver = new TopologyTestDriver(topology, settings, NOW);
    transactions =
        driver.createInputTopic(
            TOPICS.transactions(), new StringSerializer(), new ByteArraySerializer());
    labels = input(TOPICS.labels(), Label.class);
    models = input(TOPICS.models(), ModelUpdate.class);
    predictions = output(TOPICS.predictions(), Prediction.class);
    alerts = output(TOPICS.alerts(), Prediction.class);
    features = output(TOPICS.features(), FeatureVector.class);
    feedback = output(TOPICS.feedback(), Feedback.class);
    deadLetters = output(TOPICS.deadLetters(), DeadLetter.class);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void shouldReadOneTopicPerTaskSoThatNoneWaitsForAnother() {
    assertThat(topology.describe().subtopologies())
        .hasSizeGreaterThan(1)
        .allSatisfy(
            subtopology ->
                assertThat(subtopology.nodes())
                    .filteredOn(TopologyDescription.Source.class::isInstance)
                    .hasSize(1));
  }

  @Test
  void shouldLogFeaturesAndSayWhyBeforeTheFirstModel() {
    send(transaction("t-1", NOW, 12.5));

    assertThat(predictions.readValuesToList())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.getDecision()).isEqualTo(Decision.UNSCORED);
              assertThat(p.getReason()).isEqualTo("no model yet");
              assertThat(p.getScore()).isNull();
            });
    assertThat(features.readValue().getValues()).hasSize(TestModels.FEATURES.dimension());
    assertThat(alerts.isEmpty()).isTrue();
  }

  @Test
  void shouldSwapTheModelBetweenTwoRecords() {
    models.pipeInput("default/champion", TestModels.champion(1));
    send(transaction("t-1", NOW, 12.5));
    models.pipeInput("default/champion", TestModels.champion(2));
    send(transaction("t-2", NOW, 12.5));

    assertThat(predictions.readValuesToList())
        .extracting(Prediction::getModelVersion)
        .containsExactly(1L, 2L);
  }

  @Test
  void shouldExplainAnOutlierAndRaiseAnAlert() {
    models.pipeInput("default/champion", TestModels.champion(1));
    send(transaction("t-1", NOW, 1e6));

    Prediction alert = alerts.readValue();
    assertThat(alert).isEqualTo(predictions.readValue());
    assertThat(alert.getDecision()).isEqualTo(Decision.REVIEW);
    assertThat(alert.getScore()).isBetween(0.998, 1.0);
    assertThat(alert.getReason()).contains("more unusual than");
    assertThat(alert.getContributions()).hasSizeBetween(1, 3);
    assertThat(alert.getContributions().get(0).getFeature()).isEqualTo("amount");
    assertThat(alert.getContributions().get(0).getValue()).isEqualTo(1e6f);
  }

  @Test
  void shouldCarryWhatIsNeededToReplayTheDecision() {
    models.pipeInput("default/champion", TestModels.champion(3));
    send(transaction("t-1", NOW, 12.5));
    send(transaction("t-2", NOW, 12.5));
    predictions.readValue();

    Prediction second = predictions.readValue();
    assertThat(second.getTransactionId()).isEqualTo("t-2");
    assertThat(second.getModelName()).isEqualTo("default");
    assertThat(second.getModelVersion()).isEqualTo(3);
    assertThat(second.getFingerprint()).isEqualTo(TestModels.FEATURES.fingerprint());
    assertThat(second.getSourceTopic()).isEqualTo("transactions");
    assertThat(second.getSourceOffset()).isEqualTo(1);
  }

  @Test
  void shouldPassTheTimeOfSendingThrough() {
    transactions.pipeInput("c-1", bytes(transaction("t-1", NOW, 12.5)), NOW.plus(DAY));

    TestRecord<String, Prediction> prediction = predictions.readRecord();
    assertThat(prediction.getRecordTime()).isEqualTo(NOW.plus(DAY));
    assertThat(prediction.key()).isEqualTo("c-1");
  }

  @Test
  void shouldPassTheTraceOfATransactionOnToItsPrediction() {
    byte[] trace =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".getBytes(StandardCharsets.UTF_8);
    transactions.pipeInput(
        new TestRecord<>(
            "c-1",
            bytes(transaction("t-1", NOW, 12.5)),
            new RecordHeaders().add("traceparent", trace),
            NOW));

    assertThat(predictions.readRecord().headers().lastHeader("traceparent").value())
        .isEqualTo(trace);
  }

  @Test
  void shouldKeepTheOldModelWhenTheNewOneLearnedFromOtherFeatures() {
    models.pipeInput("default/champion", TestModels.champion(1));
    ModelUpdate foreign = TestModels.champion(2);
    foreign.setVersion(TestModels.version(2, "another-set"));
    models.pipeInput("default/champion", foreign);
    send(transaction("t-1", NOW, 12.5));

    assertThat(predictions.readValue().getModelVersion()).isEqualTo(1);
  }

  @Test
  void shouldKeepTheOldModelWhenTheNewOneIsCorrupt() {
    models.pipeInput("default/champion", TestModels.champion(1));
    ModelUpdate corrupt = TestModels.champion(2);
    corrupt.getVersion().setChecksum("00");
    models.pipeInput("default/champion", corrupt);
    send(transaction("t-1", NOW, 12.5));

    assertThat(predictions.readValue().getModelVersion()).isEqualTo(1);
  }

  @Test
  void shouldNotScoreWithTheModelOfAnotherAlias() {
    ModelUpdate challenger = TestModels.champion(1);
    challenger.setAlias("challenger");
    models.pipeInput("default/challenger", challenger);
    send(transaction("t-1", NOW, 12.5));

    assertThat(predictions.readValue().getDecision()).isEqualTo(Decision.UNSCORED);
  }

  @Test
  void shouldSendWhatCannotBeUsedToTheDeadLettersAndGoOn() {
    byte[] good = bytes(transaction("t-ok", NOW, 1));
    byte[] unknownSchema = good.clone();
    unknownSchema[1] = 0x7f;
    transactions.pipeInput("c-1", "hello".getBytes(StandardCharsets.UTF_8));
    transactions.pipeInput("c-1", unknownSchema);
    transactions.pipeInput("c-1", bytes(transaction("t-nan", NOW, Double.NaN)));
    transactions.pipeInput("c-1", bytes(transaction("t-inf", NOW, Double.NEGATIVE_INFINITY)));
    transactions.pipeInput((String) null, bytes(transaction("t-nokey", NOW, 1)));
    transactions.pipeInput("c-2", bytes(transaction("t-otherkey", NOW, 1)));
    transactions.pipeInput("c-1", bytes(transaction("", NOW, 1)));
    transactions.pipeInput(
        "c-1", bytes(transaction("t-future", NOW.plus(DAY.multipliedBy(900)), 1)));
    transactions.pipeInput("c-1", (byte[]) null);
    transactions.pipeInput("c-1", good);

    List<DeadLetter> letters = deadLetters.readValuesToList();
    assertThat(letters)
        .extracting(DeadLetter::getReason)
        .containsExactly(
            "undecodable",
            "unknown-schema",
            "invalid-value",
            "invalid-value",
            "missing-key",
            "invalid-key",
            "missing-key",
            "invalid-value",
            "undecodable");
    assertThat(letters)
        .extracting(DeadLetter::getOffset)
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(letters).allSatisfy(l -> assertThat(l.getSource()).isEqualTo("transactions"));
    assertThat(letters.get(0).getValue().array())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("hello");
    assertThat(letters.get(2).getMessage()).contains("amount is NaN");
    assertThat(predictions.readValuesToList())
        .extracting(Prediction::getTransactionId)
        .containsExactly("t-ok");
  }

  /** What is written of them would not fit into a record. */
  @Test
  void shouldRefuseLabelsWithEndlessWords() {
    String endless = "x".repeat(RecordReader.WORD_LENGTH_MAX + 1);
    label(endless, true, NOW);
    labels.pipeInput("t-1", new Label("t-1", true, NOW, endless));

    assertThat(deadLetters.readValuesToList())
        .extracting(DeadLetter::getReason, DeadLetter::getMessage)
        .containsExactly(
            tuple(
                "invalid-value",
                "the label's transaction_id has 1,025 characters, at most 1,024 are possible"),
            tuple(
                "invalid-value",
                "the label's source has 1,025 characters, at most 1,024 are possible"));
  }

  @Test
  void shouldJoinALateLabelWithWhatWasScored() {
    models.pipeInput("default/champion", TestModels.champion(1));
    send(transaction("t-1", NOW, 12.5));
    Prediction prediction = predictions.readValue();
    label("t-1", true, NOW.plus(DAY.multipliedBy(7)));

    Feedback joined = feedback.readValue();
    assertThat(joined.getTransactionId()).isEqualTo("t-1");
    assertThat(joined.getFraud()).isTrue();
    assertThat(joined.getScore()).isEqualTo(prediction.getScore());
    assertThat(joined.getModelVersion()).isEqualTo(1);
    assertThat(joined.getValues()).isEqualTo(features.readValue().getValues());
  }

  @Test
  void shouldJoinLabelsAlsoAfterAnEventOfTheFarFuture() {
    Instant then = NOW.minus(DAY.multipliedBy(1_000));
    send(transaction("t-1", then, 12.5));
    send(transaction("t-2", NOW, 12.5));
    label("t-1", true, then.plus(DAY.multipliedBy(7)));
    send(transaction("t-3", then, 12.5));
    label("t-3", true, then.plus(DAY.multipliedBy(7)));

    assertThat(feedback.readValuesToList())
        .extracting(Feedback::getTransactionId)
        .containsExactly("t-1", "t-3");
  }

  @Test
  void shouldJoinALabelThatCameBeforeItsTransaction() {
    label("t-1", true, NOW);
    assertThat(feedback.isEmpty()).isTrue();
    send(transaction("t-1", NOW, 12.5));

    assertThat(feedback.readValue().getTransactionId()).isEqualTo("t-1");
  }

  @Test
  void shouldCountALabelOnceAndReportAContradiction() {
    send(transaction("t-1", NOW, 12.5));
    label("t-1", true, NOW);
    label("t-1", true, NOW);
    label("t-1", false, NOW);

    assertThat(feedback.readValuesToList()).hasSize(1);
    assertThat(deadLetters.readValuesToList())
        .singleElement()
        .satisfies(l -> assertThat(l.getReason()).isEqualTo("conflicting-label"));
  }

  @Test
  void shouldGiveUpOnALabelWithoutTransaction() {
    label("t-none", true, NOW);
    driver.advanceWallClockTime(Duration.ofMinutes(59));
    assertThat(deadLetters.isEmpty()).isTrue();
    driver.advanceWallClockTime(Duration.ofMinutes(5));

    assertThat(deadLetters.readValuesToList())
        .singleElement()
        .satisfies(
            l -> {
              assertThat(l.getReason()).isEqualTo("unmatched-label");
              assertThat(l.getMessage()).contains("t-none");
            });
    send(transaction("t-none", NOW, 1));
    assertThat(feedback.isEmpty()).isTrue();
  }

  @Test
  void shouldRaiseTheTerminalsFraudRateOnceItsFraudIsKnownAndOldEnough() {
    send(transaction("t-1", NOW, 12.5));
    label("t-1", true, NOW.plus(DAY.multipliedBy(7)));
    send(transaction("t-2", NOW.plus(DAY.multipliedBy(6)), 12.5));
    send(transaction("t-3", NOW.plus(DAY.multipliedBy(8)), 12.5));

    int rate = TestModels.FEATURES.indexesOf(List.of("terminal_fraud_rate_30d"))[0];
    assertThat(features.readValuesToList())
        .extracting(v -> v.getValues().get(rate))
        .containsExactly(0f, 0f, 1f);
  }

  /** What a restart finds, and other instances read. */
  @Test
  void shouldWriteStatesToTheirChangelogsWithTheTimeOfTheirCause() {
    transactions.pipeInput("c-1", bytes(transaction("t-1", NOW, 12.5)), NOW.plus(DAY));

    assertThat(changelog("primary-windows"))
        .singleElement()
        .satisfies(
            state -> {
              assertThat(state.key()).isEqualTo("c-1");
              assertThat(state.getRecordTime()).isEqualTo(NOW.plus(DAY));
            });
    assertThat(changelog("secondary-windows"))
        .singleElement()
        .satisfies(
            state -> {
              assertThat(state.key()).endsWith("m-1");
              assertThat(state.getRecordTime()).isEqualTo(NOW.plus(DAY));
            });
  }

  private List<TestRecord<String, byte[]>> changelog(String store) {
    return driver
        .createOutputTopic(
            "shoal-sidecar-" + store + "-changelog",
            new StringDeserializer(),
            new ByteArrayDeserializer())
        .readRecordsToList();
  }

  @Test
  void shouldGiveTheSameBytesForTheSameInput() {
    models.pipeInput("default/champion", TestModels.champion(1));
    send(transaction("t-1", NOW, 12.5));
    send(transaction("t-2", NOW.plus(DAY), 400));
    List<Prediction> first = predictions.readValuesToList();
    stop();
    start();
    models.pipeInput("default/champion", TestModels.champion(1));
    send(transaction("t-1", NOW, 12.5));
    send(transaction("t-2", NOW.plus(DAY), 400));

    assertThat(predictions.readValuesToList()).isEqualTo(first);
  }

  private void send(Transaction transaction) {
    transactions.pipeInput(transaction.getCustomerId(), bytes(transaction));
  }

  private void label(String transactionId, boolean fraud, Instant knownAt) {
    labels.pipeInput(transactionId, new Label(transactionId, fraud, knownAt, "test"));
  }

  private byte[] bytes(Transaction transaction) {
    return new AvroSerializer<>(registry, Transaction.class)
        .serialize(TOPICS.transactions(), transaction);
  }

  private static Transaction transaction(String id, Instant eventTime, double amount) {
    return new Transaction(id, eventTime, "c-1", "m-1", amount);
  }

  private <T extends SpecificRecord> TestInputTopic<@Nullable String, T> input(
      String topic, Class<T> type) {
    return driver.createInputTopic(
        topic, new StringSerializer(), new AvroSerializer<>(registry, type));
  }

  private <T extends SpecificRecord> TestOutputTopic<String, T> output(
      String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), new AvroDeserializer<>(registry, type));
  }
}
