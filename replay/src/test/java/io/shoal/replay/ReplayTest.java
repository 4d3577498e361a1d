package io.shoal.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.features.export.Labels;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final ReplaySettings SETTINGS =
      new ReplaySettings(Map.of("model.k", "8", "batch.size", "64"));
  private static final List<Traffic.Row> ROWS = Traffic.rows(6_000, STEP, 4);

  @TempDir Path dir;

  private static List<Prediction> replay(List<Traffic.Row> rows) throws IOException {
    List<Prediction> predictions = new ArrayList<>();
    new Replay(SETTINGS, new Labels())
        .run(new Traffic(rows), (event, vector, prediction, label) -> predictions.add(prediction));
    return predictions;
  }

  @Test
  void shouldWriteTheSameBytesTwice() throws IOException {
    for (String name : List.of("a.csv", "b.csv")) {
      try (PredictionsFile file = new PredictionsFile(dir.resolve(name))) {
        new Replay(SETTINGS, new Labels())
            .run(new Traffic(ROWS), (event, vector, prediction, label) -> file.write(prediction));
      }
    }

    assertThat(dir.resolve("a.csv")).hasSameBinaryContentAs(dir.resolve("b.csv"));
    assertThat(Files.readAllLines(dir.resolve("a.csv"))).hasSize(ROWS.size() + 1);
  }

  @Test
  void shouldScoreEachEventByWhatCameBeforeIt() throws IOException {
    List<Prediction> whole = replay(ROWS);
    List<Prediction> part = replay(ROWS.subList(0, 4_000));

    assertThat(part).isEqualTo(whole.subList(0, 4_000));
  }

  @Test
  void shouldKnowAFraudOnlyAfterItsDelay() throws IOException {
    List<Traffic.Row> others = new ArrayList<>(ROWS);
    int changed = 2_500;
    Traffic.Row row = ROWS.get(changed);
    others.set(changed, new Traffic.Row(row.transaction(), !row.fraud()));
    int known = changed + (int) Traffic.DELAY.dividedBy(STEP);

    List<Prediction> before = replay(ROWS);
    List<Prediction> after = replay(others);

    assertThat(after.subList(0, known)).isEqualTo(before.subList(0, known));
    assertThat(after.subList(known, after.size()))
        .isNotEqualTo(before.subList(known, after.size()));
  }

  @Test
  void shouldFindFraudByLateLabels() throws IOException {
    List<Prediction> predictions = replay(ROWS);
    double[] risks = new double[2_000];
    boolean[] fraud = new boolean[risks.length];
    for (int i = 0; i < risks.length; i++) {
      risks[i] = predictions.get(4_000 + i).getRisk();
      fraud[i] = ROWS.get(4_000 + i).fraud();
    }

    assertThat(predictions.get(0).getDecision()).isEqualTo(Decision.UNSCORED);
    assertThat(Ranking.quality(risks, fraud).averagePrecision()).isGreaterThan(0.9);
  }

  @Test
  void shouldSumUpWhatOtherSettingsWouldHaveDone() throws IOException {
    Replay.Listener nobody = (event, vector, prediction, label) -> {};
    ReplayRun base = ReplayRun.of(SETTINGS, new Labels(), new Traffic(ROWS), nobody, share -> {});
    ReplayRun other =
        ReplayRun.of(
            SETTINGS.with(Map.of("review.share", "0.1")),
            new Labels(),
            new Traffic(ROWS),
            nobody,
            share -> {});

    Summary summary = other.summary(base);
    assertThat(base.summary(base).flips()).isZero();
    assertThat(summary.alertsPerDay()).isGreaterThan(base.summary(base).alertsPerDay());
    assertThat(summary.flips()).isPositive();
    assertThat(summary.amountFlipped()).isPositive();
    assertThat(summary.events()).isEqualTo(ROWS.size());
    assertThat(summary.score()).isEqualTo(base.summary(base).score());
  }

  @Test
  void shouldWriteOnePageWithItsPictures() throws IOException {
    Days days = new Days();
    ReplayRun run = ReplayRun.of(SETTINGS, new Labels(), new Traffic(ROWS), days, share -> {});
    Path page = dir.resolve("report.html");

    new HtmlReport(run, days, Map.of("model.k", "</script>")).write(page);

    assertThat(Files.readString(page))
        .contains("Chart.js v4", "\"perDay\":[1,2,5", "amount_to_customer_mean_30d")
        .doesNotContain("/*DATA*/", "k\":\"</script>", "src=\"http");
  }
}
