package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayCommandTest {
  private static final int EVENTS = 4_000;

  @TempDir private Path folder;

  /** A transaction every five minutes, one in forty ten times as large and a fraud. */
  private Path history() throws IOException {
    Random random = new Random(3);
    StringBuilder lines =
        new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount,fraud\n");
    Instant time = Instant.parse("2018-04-01T00:00:00Z");
    for (int i = 0; i < EVENTS; i++) {
      boolean fraud = random.nextInt(40) == 0;
      double amount = (40 + 5 * random.nextGaussian()) * (fraud ? 10 : 1);
      lines.append(
          "t%d,%s,c%d,m%d,%.2f,%d\n"
              .formatted(i, time, random.nextInt(20), random.nextInt(9), amount, fraud ? 1 : 0));
      time = time.plus(Duration.ofMinutes(5));
    }
    return Files.writeString(folder.resolve("history.csv"), lines);
  }

  @Test
  void shouldWritePredictionsFiguresAndAPage() throws IOException {
    Path predictions = folder.resolve("out.csv");
    Path page = folder.resolve("report.html");

    Cli result =
        Cli.run(
            "replay",
            "--transactions",
            history().toString(),
            "--set",
            "model.k=8",
            "--set",
            "batch.size=64",
            "--from",
            "2018-04-02",
            "--to",
            "2018-04-14T00:00:00Z",
            "--predictions",
            predictions.toString(),
            "--report",
            page.toString());

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(Files.readAllLines(predictions)).hasSize(12 * 288 + 1);
    assertThat(result.out())
        .containsPattern("events +3,456")
        .containsPattern("risk: average precision +0\\.\\d{3}")
        .containsPattern("CPU s per million +\\d");
    assertThat(Files.readString(page)).contains("<title>Shoal replay</title>", "Chart.js");
  }

  @Test
  void shouldSetSettingsSideBySide() throws IOException {
    Path few =
        Files.writeString(folder.resolve("few.properties"), "review.share=0.001\nmodel.k=8\n");
    Path many =
        Files.writeString(
            folder.resolve("many.yaml"),
            "apiVersion: shoal/v1\nkind: Pipeline\nname: many\nmodel: {k: 8}\nserving: {review.share: 0.1}\n");

    Cli result =
        Cli.run(
            "replay",
            "--transactions",
            history().toString(),
            "--set",
            "batch.size=64",
            "--compare",
            few.toString(),
            many.toString());

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .containsPattern("few.properties +many.yaml")
        .containsPattern("decisions that flip +0 +[1-9]");
  }

  @Test
  void shouldFindTheOddRowsOfATable() throws IOException {
    Random random = new Random(4);
    StringBuilder rows = new StringBuilder("a,b,anomaly\n");
    for (int i = 0; i < 2_000; i++) {
      boolean odd = i % 100 == 7;
      rows.append(
          "%f,%f,%d\n"
              .formatted(
                  random.nextGaussian() + (odd ? 9 : 0), random.nextGaussian(), odd ? 1 : 0));
    }
    Path table = Files.writeString(folder.resolve("table.csv"), rows);

    Cli result = Cli.run("replay", "--csv", table.toString(), "--label", "anomaly");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("2,000 rows of 2 columns").contains("AUC ROC 1.000");
  }

  @ParameterizedTest
  @CsvSource({
    "--set model.kk=3, did you mean 'model.k'",
    "--set model.k=0, model.k",
    "--from yesterday, write it as 2018-05-01",
    "--from 2030-01-01, no event lies within",
    "--label frauds, did you mean 'fraud'",
    "--label-delay soon, write it as",
  })
  void shouldSayWhatToMend(String arguments, String message) throws IOException {
    String[] words = ("replay --transactions " + history() + " " + arguments).split(" ");

    Cli result = Cli.run(words);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }

  @Test
  void shouldShowHowLongItStillTakes() {
    assertThat(ProgressLine.text("replay", 0.25, Duration.ofSeconds(20)))
        .isEqualTo("replay [########----------------------]  25 %, 1:00 left");
    assertThat(ProgressLine.text("replay", Double.NaN, Duration.ofSeconds(61)))
        .isEqualTo("replay  1:01");
  }
}
