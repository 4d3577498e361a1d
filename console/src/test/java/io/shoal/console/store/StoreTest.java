package io.shoal.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final long NOW_MS = 1_700_000_000_000L;
  private static final Instant EVENT = Instant.parse("2018-04-01T10:00:00Z");
  private static final String HOSTILE = "<script>alert('1')</script>'; drop table prediction; --";

  private ConsoleDatabase database;
  private Writer writer;

  @BeforeEach
  void open() {
    database = new ConsoleDatabase(null);
    writer = new Writer(database.jdbi(), 100);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void shouldListTheNewestPredictionsFirstAndPageByTheLastId() {
    write(
        prediction("a", "ann", 0.5, Decision.PASS, 1),
        prediction("b", "bob", 0.999, Decision.REVIEW, 2));
    Predictions predictions = new Predictions(database.jdbi());

    List<PredictionRow> rows = predictions.page(filter(null, null, null, null), 10);

    assertThat(rows).extracting(PredictionRow::transactionId).containsExactly("b", "a");
    assertThat(rows.get(0).contributions()).contains("\"feature\":\"amount\"");
    PredictionFilter older =
        new PredictionFilter(rows.get(0).id(), null, null, null, null, null, null, null);
    assertThat(predictions.page(older, 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("a");
  }

  @Test
  void shouldFindPredictionsByEachFilter() {
    write(
        prediction("a", "ann", 0.5, Decision.PASS, 1),
        prediction("b", "bob", 0.999, Decision.REVIEW, 2),
        prediction("c", "ann", 0.9, Decision.PASS, 2));
    Predictions predictions = new Predictions(database.jdbi());

    assertThat(predictions.page(filter("REVIEW", null, null, null), 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("b");
    assertThat(predictions.page(filter(null, "ann", null, null), 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("c", "a");
    assertThat(predictions.page(filter(null, null, 2L, null), 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("c", "b");
    assertThat(predictions.page(filter(null, null, null, 0.8), 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("c", "b");
    assertThat(predictions.page(filter("PASS", "ann", 2L, 0.8), 10))
        .extracting(PredictionRow::transactionId)
        .containsExactly("c");
    assertThatThrownBy(() -> predictions.page(filter("MAYBE", null, null, null), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MAYBE");
  }

  @Test
  void shouldKeepNoMorePredictionsThanAllowed() {
    Prediction[] many = new Prediction[250];
    for (int i = 0; i < many.length; i++) {
      many[i] = prediction("t" + i, "ann", 0.5, Decision.PASS, 1);
    }
    write(many);
    Predictions predictions = new Predictions(database.jdbi());

    assertThat(predictions.count()).isEqualTo(100);
    assertThat(predictions.find("t249")).isPresent();
    assertThat(predictions.find("t149")).isEmpty();
  }

  @Test
  void shouldTakeHostileNamesAsTheyAreAndCutLongOnes() {
    write(prediction(HOSTILE, "x".repeat(5_000), 0.5, Decision.PASS, 1));
    Predictions predictions = new Predictions(database.jdbi());

    PredictionRow row = predictions.find(HOSTILE).orElseThrow();
    assertThat(row.transactionId()).isEqualTo(HOSTILE);
    assertThat(row.entityId()).hasSize(400).endsWith("…");
  }

  @Test
  void shouldShowALabelBesideItsPrediction() {
    write(prediction("a", "ann", 0.5, Decision.PASS, 1));
    Batch labels = new Batch();
    labels.add(0, NOW_MS, feedback("a", true, 0.5, false, 1));
    writer.write(labels);

    PredictionRow row = new Predictions(database.jdbi()).find("a").orElseThrow();
    assertThat(row.fraud()).isTrue();
    assertThat(row.knownAt()).isEqualTo(EVENT.plusSeconds(100).toEpochMilli());
  }

  @Test
  void shouldCountEveryPredictionEvenOnesThatAreNotListed() {
    Batch batch = new Batch();
    batch.add(0, NOW_MS, prediction("a", "ann", 0.5, Decision.PASS, 1), 40, false);
    batch.add(0, NOW_MS, prediction("b", "ann", 0.999, Decision.REVIEW, 1), 40, true);
    writer.write(batch);
    writer.write(batchOf(prediction("c", "ann", 0.5, Decision.PASS, 1)));

    Rates rates = new Rates(database.jdbi());
    Rates.Series series = rates.since(NOW_MS - 60_000, NOW_MS + 1);
    assertThat(series.points())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.predictions()).isEqualTo(3);
              assertThat(point.reviews()).isEqualTo(1);
              assertThat(point.p50()).isCloseTo(40, within(8.0));
            });
    assertThat(rates.lastDay(NOW_MS)).containsExactly(3, 1);
    assertThat(new Predictions(database.jdbi()).find("a")).isEmpty();
  }

  @Test
  void shouldGradeVersionsByTheirLabels() {
    Batch batch = new Batch();
    for (int i = 0; i < 98; i++) {
      batch.add(0, NOW_MS, prediction("p" + i, "ann", 0.3, Decision.PASS, 7), 1, true);
    }
    batch.add(0, NOW_MS, prediction("f1", "ann", 0.999, Decision.REVIEW, 7), 1, true);
    batch.add(0, NOW_MS, prediction("x", "ann", 0.998, Decision.REVIEW, 7), 1, true);
    batch.add(0, NOW_MS, feedback("f1", true, 0.999, true, 7));
    batch.add(0, NOW_MS, feedback("p1", true, 0.3, false, 7));
    writer.write(batch);

    Qualities qualities = new Qualities(database.jdbi());
    assertThat(qualities.versions(Long.MAX_VALUE, 10))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.precision()).isEqualTo(0.5);
              assertThat(row.recall()).isEqualTo(0.5);
              // One of two frauds lies above all, the other ties with 97 of 98.
              Qualities.Ranking score = Objects.requireNonNull(row.score());
              assertThat(score.auc()).isCloseTo((98 + 97 / 2.0) / (2 * 98), within(0.01));
              assertThat(score.aucError()).isBetween(0.1, 0.3);
              assertThat(score.averagePrecision()).isBetween(0.5, 0.52);
              assertThat(score.precisionAt100()).isCloseTo(0.02, within(1e-9));
            });
    // Labels take 100 s, so what happened until 100 s ago is known.
    assertThat(qualities.maturity())
        .isEqualTo(new Qualities.Maturity(100_000, EVENT.minusSeconds(100).toEpochMilli()));
    assertThat(qualities.days(10)).hasSize(1);
    assertThat(qualities.labelledDays(EVENT.plusSeconds(86_400).toEpochMilli()).frauds())
        .isEqualTo(2);
    assertThat(qualities.labelledDays(EVENT.toEpochMilli()).predictions()).isZero();
  }

  @Test
  void shouldSumFlipsAndWhatWasAtStake() {
    Batch batch = new Batch();
    batch.add(0, NOW_MS, shadow("a", true, true, 100.0));
    batch.add(0, NOW_MS, shadow("b", false, true, 30.0));
    batch.add(0, NOW_MS, shadow("c", false, false, null));
    writer.write(batch);

    Shadows shadows = new Shadows(database.jdbi());
    assertThat(shadows.sums(5))
        .containsExactly(new Shadows.Sum("challenger", 9, 3, 1, 1, 100, 30, NOW_MS));
    assertThat(shadows.flips(Long.MAX_VALUE, 10))
        .extracting(Shadows.Shadow::transactionId)
        .containsExactly("b", "a");
    assertThat(shadows.of("c")).singleElement().matches(s -> s.amount() == null);
  }

  @Test
  void shouldKnowWhichDriftsGoOn() {
    Batch batch = new Batch();
    batch.add(0, NOW_MS, drift(1, "STARTED", "DISTANCE"));
    batch.add(0, NOW_MS, drift(2, "STARTED", "SHARES"));
    batch.add(0, NOW_MS, drift(3, "CLEARED", "DISTANCE"));
    writer.write(batch);

    Drifts drifts = new Drifts(database.jdbi());
    assertThat(drifts.going()).extracting(Drifts.Drift::cause).containsExactly("SHARES");
    assertThat(drifts.page(Long.MAX_VALUE, 2))
        .extracting(Drifts.Drift::sequence)
        .containsExactly(3L, 2L);
  }

  @Test
  void shouldKeepDeadLettersWithTheirBytesAndNoteAnotherTry() {
    Batch batch = new Batch();
    batch.add(0, NOW_MS, letter("undecodable", new byte[] {1, 2}));
    batch.add(0, NOW_MS, letter("invalid-value", new byte[2 << 20]));
    writer.write(batch);

    Letters letters = new Letters(database.jdbi());
    assertThat(letters.reasons())
        .extracting(Letters.Reason::reason)
        .containsExactlyInAnyOrder("undecodable", "invalid-value");
    Letters.Letter letter = letters.page("undecodable", Long.MAX_VALUE, 5).get(0);
    assertThat(letter.value()).containsExactly(1, 2);
    assertThat(letters.page("invalid-value", Long.MAX_VALUE, 5).get(0).truncated()).isTrue();
    letters.retried(letter.id(), NOW_MS, HOSTILE);
    assertThat(letters.find(letter.id()).orElseThrow().retriedBy()).isEqualTo(HOSTILE);
  }

  @Test
  void shouldRememberWhereToGoOnAcrossARestart(@TempDir Path folder) {
    TopicPartition partition = new TopicPartition("predictions", 2);
    try (ConsoleDatabase first = new ConsoleDatabase(folder)) {
      Batch batch = batchOf(prediction("a", "ann", 0.5, Decision.PASS, 1));
      batch.position(partition, 42);
      new Writer(first.jdbi(), 100).write(batch);
    }
    try (ConsoleDatabase second = new ConsoleDatabase(folder)) {
      Writer again = new Writer(second.jdbi(), 100);
      assertThat(again.positions()).containsEntry(partition, 42L);
      again.write(batchOf(prediction("b", "ann", 0.5, Decision.PASS, 1)));
      assertThat(new Predictions(second.jdbi()).count()).isEqualTo(2);
      again.clear();
      assertThat(again.positions()).isEmpty();
      assertThat(new Predictions(second.jdbi()).count()).isZero();
    }
  }

  @Test
  void shouldLiveInMemoryWhereTheFolderIsInUse(@TempDir Path folder) {
    try (ConsoleDatabase first = new ConsoleDatabase(folder);
        ConsoleDatabase second = new ConsoleDatabase(folder.resolve("console.mv.db"))) {
      new Writer(second.jdbi(), 100).write(batchOf(prediction("a", "ann", 0.5, Decision.PASS, 1)));
      assertThat(new Predictions(second.jdbi()).count()).isEqualTo(1);
      assertThat(new Predictions(first.jdbi()).count()).isZero();
    }
  }

  @Test
  void shouldPutTheCutBetweenWhatPassesAndWhatIsReviewed() {
    write(
        prediction("a", "ann", 0.997, Decision.PASS, 1),
        prediction("b", "bob", 0.999, Decision.REVIEW, 1));

    assertThat(new Predictions(database.jdbi()).cut().score()).isEqualTo(0.997);
    assertThat(new Predictions(database.jdbi()).cut().risk()).isEqualTo(0.1);
  }

  private void write(Prediction... predictions) {
    writer.write(batchOf(predictions));
  }

  private static Batch batchOf(Prediction... predictions) {
    Batch batch = new Batch();
    for (Prediction prediction : predictions) {
      batch.add(1, NOW_MS, prediction, Double.NaN, true);
    }
    return batch;
  }

  private static PredictionFilter filter(
      String decision, String entity, Long version, Double scoreMin) {
    return new PredictionFilter(null, null, decision, entity, version, scoreMin, null, null);
  }

  private static Prediction prediction(
      String id, String entity, double score, Decision decision, long version) {
    return new Prediction(
        id,
        EVENT,
        entity,
        score,
        0.1,
        decision,
        "why",
        3,
        1.5f,
        List.of(new Contribution("amount", 389f, 0.9f)),
        "default",
        version,
        "f",
        "transactions",
        1,
        5L);
  }

  private static Feedback feedback(
      String id, boolean fraud, double score, boolean review, long version) {
    return new Feedback(
        id,
        EVENT,
        EVENT.plusSeconds(100),
        "ann",
        fraud,
        "test",
        "f",
        List.of(1f),
        score,
        null,
        review,
        version);
  }

  private static ShadowScore shadow(String id, boolean review, boolean flips, Double amount) {
    return new ShadowScore(
        id,
        EVENT,
        "ann",
        "challenger",
        "default",
        9L,
        0.5,
        null,
        review,
        flips,
        8L,
        0.5,
        review != flips,
        amount);
  }

  private static DriftEvent drift(long sequence, String change, String cause) {
    return new DriftEvent("default", "job", sequence, change, cause, EVENT, 10L, 0.1, 0.3, 1L);
  }

  private static DeadLetter letter(String reason, byte[] value) {
    return new DeadLetter(
        reason, "m", null, "transactions", 0, 3L, EVENT, null, ByteBuffer.wrap(value));
  }
}
