package io.shoal.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.features.export.CsvEvents;
import io.shoal.features.export.Labels;
import io.shoal.replay.HandbookProtocol.Figures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The defaults on real data, with floors a little under what was measured (docs/quality.md). */
class QualityIT {
  private static final Path DATA = Path.of(System.getProperty("shoal.shared", "shared"), "data");
  private static final List<LocalDate> STARTS =
      Stream.of("2018-05-15", "2018-06-05", "2018-06-26", "2018-07-11", "2018-07-25")
          .map(LocalDate::parse)
          .toList();

  static boolean isHere() {
    return Files.isReadable(DATA.resolve("adbench-cover.csv.gz"));
  }

  @Test
  @EnabledIf(value = "isHere", disabledReason = "no data under the folder of -Dshoal.shared")
  void shouldFindTheFraudsOfTheHandbook() throws IOException {
    ReplaySettings settings = ReplaySettings.defaults();
    Outcomes outcomes;
    try (CsvEvents history =
        new CsvEvents(
            settings.features(),
            DATA.resolve("transactions-2018-04-01-to-2018-08-14.csv.gz"),
            "fraud",
            Duration.ofDays(7))) {
      outcomes =
          ReplayRun.of(
                  settings,
                  new Labels(),
                  history,
                  (event, vector, prediction, label) -> {},
                  share -> {})
              .outcomes();
    }

    assertAtLeast(figures(outcomes, outcomes::score), 0.880, 0.375, 0.273);
    assertAtLeast(figures(outcomes, outcomes::risk), 0.885, 0.67, 0.300);
  }

  private static void assertAtLeast(
      Figures figures, double auc, double averagePrecision, double cardPrecision) {
    assertThat(figures.auc()).isGreaterThan(auc);
    assertThat(figures.averagePrecision()).isGreaterThan(averagePrecision);
    assertThat(figures.cardPrecision()).isGreaterThan(cardPrecision);
  }

  private static Figures figures(Outcomes outcomes, IntToDoubleFunction scores) {
    HandbookProtocol protocol = new HandbookProtocol(outcomes);
    return Figures.mean(STARTS.stream().map(start -> protocol.figures(start, scores)).toList());
  }

  @ParameterizedTest
  @CsvSource({"shuttle, .92, .53", "mammography, .83, .181", "cover, .94, .11"})
  @EnabledIf(value = "isHere", disabledReason = "no data under the folder of -Dshoal.shared")
  void shouldFindTheAnomaliesOfTables(String set, double auc, double averagePrecision)
      throws IOException {
    float[][] table = read(DATA.resolve("adbench-" + set + ".csv.gz"));
    int d = table[0].length - 1;
    float[][] rows = new float[table.length][];
    boolean[] odd = new boolean[table.length];
    for (int i = 0; i < table.length; i++) {
      rows[i] = java.util.Arrays.copyOf(table[i], d);
      odd[i] = table[i][d] != 0;
    }

    Ranking.Quality quality =
        Ranking.quality(TableReplay.scores(rows, ReplaySettings.defaults().trainer(), 1), odd);

    assertThat(quality.auc()).isGreaterThan(auc);
    assertThat(quality.averagePrecision()).isGreaterThan(averagePrecision);
  }

  @Test
  void shouldNotTakeATightFarClumpForNormal() {
    Random random = new Random(7);
    float[][] rows = new float[50_000][3];
    boolean[] odd = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      odd[i] = random.nextInt(250) == 0;
      int blob = random.nextInt(3);
      for (int f = 0; f < 3; f++) {
        double centre = odd[i] ? 20 : blob == f ? 4 : 0;
        rows[i][f] = (float) (centre + random.nextGaussian() * (odd[i] ? 0.05 : 1));
      }
    }

    double[] scores = TableReplay.scores(rows, ReplaySettings.defaults().trainer(), 1);

    assertThat(Ranking.quality(scores, odd).auc()).isGreaterThan(0.99);
  }

  private static float[][] read(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      return reader
          .lines()
          .skip(1)
          .map(
              line -> {
                String[] cells = line.split(",", -1);
                float[] row = new float[cells.length];
                for (int f = 0; f < row.length; f++) {
                  row[f] = Float.parseFloat(cells[f]);
                }
                return row;
              })
          .toArray(float[][]::new);
    }
  }
}
