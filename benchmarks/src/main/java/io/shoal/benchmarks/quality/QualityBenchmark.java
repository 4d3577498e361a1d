package io.shoal.benchmarks.quality;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.client.NumericCsv;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.CsvEvents;
import io.shoal.features.export.Labels;
import io.shoal.replay.HandbookProtocol;
import io.shoal.replay.HandbookProtocol.Figures;
import io.shoal.replay.Outcomes;
import io.shoal.replay.Ranking;
import io.shoal.replay.Replay;
import io.shoal.replay.ReplaySettings;
import io.shoal.replay.TableReplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How well the defaults find frauds and anomalies, beside published figures, and what each part
 * contributes. Real data is read from {@code data} under {@code -Dshoal.shared}, by default {@code
 * ../shared}; without it only the synthetic streams are measured.
 */
public final class QualityBenchmark implements Benchmark {
  private static final Path DATA =
      Path.of(System.getProperty("shoal.shared", "../shared")).resolve("data");
  private static final String TRANSACTIONS = "transactions-2018-04-01-to-2018-08-14.csv.gz";
  private static final List<LocalDate> STARTS =
      days("2018-05-15", "2018-06-05", "2018-06-26", "2018-07-11", "2018-07-25");

  /** Weeks by which nothing was chosen. */
  private static final List<LocalDate> OTHER_STARTS =
      days("2018-05-08", "2018-05-22", "2018-05-29", "2018-06-12", "2018-06-19", "2018-07-04");

  private static final int SEEDS = 3;

  @Override
  public String name() {
    return "quality";
  }

  @Override
  public String description() {
    return "frauds and anomalies found on real data and hostile streams (about 5 minutes)";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws IOException {
    List<BenchmarkRow> rows = new ArrayList<>();
    if (Files.isReadable(DATA.resolve(TRANSACTIONS))) {
      handbook(rows, progress);
      tables(rows, progress);
    } else {
      progress.accept("no data under " + DATA + " (-Dshoal.shared): real data is left out");
    }
    streams(rows, progress);
    return rows;
  }

  private static void handbook(List<BenchmarkRow> rows, Consumer<String> progress)
      throws IOException {
    progress.accept("handbook, defaults");
    ReplaySettings defaults = ReplaySettings.defaults();
    FeatureSet features = defaults.features();
    ScoreAblation ablation =
        new ScoreAblation(features.indexesOf(defaults.trainer().modelFeatures()));
    Outcomes outcomes = replay(defaults, ablation);
    Figures score = figures(outcomes, outcomes::score, STARTS);
    Figures risk = figures(outcomes, outcomes::risk, STARTS);
    add(
        rows,
        "score; reference: autoencoder",
        score,
        new Figures(.836, .180, .217),
        new Figures(.880, .30, .26));
    add(
        rows,
        "risk; reference: random forest",
        risk,
        new Figures(.867, .658, .287),
        new Figures(.885, .63, .30));
    add(rows, "score, other weeks", figures(outcomes, outcomes::score, OTHER_STARTS), score, null);
    add(rows, "risk, other weeks", figures(outcomes, outcomes::risk, OTHER_STARTS), risk, null);
    for (LocalDate start : STARTS) {
      add(
          rows,
          "score, train start " + start,
          figures(outcomes, outcomes::score, List.of(start)),
          score,
          null);
      add(
          rows,
          "risk, train start " + start,
          figures(outcomes, outcomes::risk, List.of(start)),
          risk,
          null);
    }
    for (ScoreAblation.Variant variant : ScoreAblation.Variant.values()) {
      boolean ofRisk = variant == ScoreAblation.Variant.CLUSTER_RISK;
      add(
          rows,
          "instead: " + variant.description,
          figures(outcomes, i -> ablation.value(variant, i), STARTS),
          ofRisk ? risk : score,
          null);
    }
    Path plain = withoutScales();
    try {
      for (Map<String, String> changes :
          List.of(
              Map.of("model.half.life", "none"),
              Map.of("model.k", "8"),
              Map.of("model.k", "256"),
              Map.of("model.features", String.join(",", withoutRates(defaults))),
              Map.of("features.file", plain.toString()))) {
        String name = changes.containsKey("features.file") ? "no scales" : label(changes);
        progress.accept("handbook, " + name);
        Outcomes changed = replay(defaults.with(changes), null);
        add(rows, "score, " + name, figures(changed, changed::score, STARTS), score, null);
        add(rows, "risk, " + name, figures(changed, changed::risk, STARTS), risk, null);
      }
    } finally {
      Files.delete(plain);
    }
  }

  private static String label(Map<String, String> changes) {
    return changes.containsKey("model.features")
        ? "no fraud rates of terminals"
        : String.join(", ", changes.entrySet().stream().map(Object::toString).toList());
  }

  private static List<String> withoutRates(ReplaySettings settings) {
    return settings.trainer().modelFeatures().stream()
        .filter(feature -> !feature.startsWith("terminal_fraud_rate"))
        .toList();
  }

  /** A resolution so coarse that all scales are the same. */
  private static Path withoutScales() throws IOException {
    String set;
    try (var in =
        FeatureSet.class.getResourceAsStream("/io/shoal/features/card-transactions.yaml")) {
      if (in == null) {
        throw new IllegalStateException("the feature set of the demo is missing");
      }
      set = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    Path file = Files.createTempFile("shoal-no-scales", ".yaml");
    Files.writeString(file, set.replaceAll("resolution: [0-9.]+", "resolution: 1000"));
    return file;
  }

  private static Outcomes replay(ReplaySettings settings, @Nullable ScoreAblation ablation)
      throws IOException {
    Outcomes outcomes = Outcomes.of(settings.features());
    Replay replay = new Replay(settings, new Labels());
    if (ablation != null) {
      ablation.of(replay);
    }
    try (CsvEvents history =
        new CsvEvents(
            settings.features(), DATA.resolve(TRANSACTIONS), "fraud", Duration.ofDays(7))) {
      replay.run(
          history,
          (event, vector, prediction, label) -> {
            outcomes.predicted(event, vector, prediction, label);
            if (ablation != null) {
              ablation.predicted(event, vector, prediction, label);
            }
          });
    }
    return outcomes;
  }

  private static Figures figures(
      Outcomes outcomes, IntToDoubleFunction values, List<LocalDate> starts) {
    HandbookProtocol protocol = new HandbookProtocol(outcomes);
    return Figures.mean(starts.stream().map(start -> protocol.figures(start, values)).toList());
  }

  private static void add(
      List<BenchmarkRow> rows,
      String what,
      Figures found,
      Figures reference,
      @Nullable Figures wanted) {
    row(rows, what, "AUC ROC", found.auc(), reference.auc(), wanted == null ? null : wanted.auc());
    row(
        rows,
        what,
        "AP",
        found.averagePrecision(),
        reference.averagePrecision(),
        wanted == null ? null : wanted.averagePrecision());
    row(
        rows,
        what,
        "CP@100",
        found.cardPrecision(),
        reference.cardPrecision(),
        wanted == null ? null : wanted.cardPrecision());
  }

  private static void row(
      List<BenchmarkRow> rows,
      String what,
      String unit,
      double value,
      double reference,
      @Nullable Double wanted) {
    rows.add(
        new BenchmarkRow(
            what,
            100 * value,
            "% " + unit,
            100 * reference,
            value / reference,
            wanted == null ? null : wanted / reference));
  }

  private static void tables(List<BenchmarkRow> rows, Consumer<String> progress)
      throws IOException {
    table(
        rows,
        progress,
        "shuttle",
        new Ranking.Quality(.820, .466),
        new Ranking.Quality(.779, .520));
    table(
        rows,
        progress,
        "mammography",
        new Ranking.Quality(.817, .073),
        new Ranking.Quality(.809, .181));
    table(
        rows, progress, "cover", new Ranking.Quality(.911, .071), new Ranking.Quality(.936, .098));
  }

  private static void table(
      List<BenchmarkRow> rows,
      Consumer<String> progress,
      String set,
      Ranking.Quality cblof,
      Ranking.Quality distance)
      throws IOException {
    progress.accept("ADBench, " + set);
    NumericCsv table = NumericCsv.read(DATA.resolve("adbench-" + set + ".csv.gz"), List.of());
    int d = table.names().size() - 1;
    float[][] points = new float[table.rows().length][];
    boolean[] odd = new boolean[points.length];
    for (int i = 0; i < points.length; i++) {
      points[i] = java.util.Arrays.copyOf(table.rows()[i], d);
      odd[i] = table.rows()[i][d] != 0;
    }
    Ranking.Quality found =
        Ranking.quality(TableReplay.scores(points, ReplaySettings.defaults().trainer(), 1), odd);
    row(rows, set + "; reference: CBLOF", "AUC ROC", found.auc(), cblof.auc(), cblof.auc());
    row(
        rows,
        set + "; reference: CBLOF",
        "AP",
        found.averagePrecision(),
        cblof.averagePrecision(),
        cblof.averagePrecision());
    row(rows, set + "; reference: k-means", "AUC ROC", found.auc(), distance.auc(), distance.auc());
    row(
        rows,
        set + "; reference: k-means",
        "AP",
        found.averagePrecision(),
        distance.averagePrecision(),
        distance.averagePrecision());
  }

  private static void streams(List<BenchmarkRow> rows, Consumer<String> progress) {
    for (Streams.Kind kind : Streams.Kind.values()) {
      progress.accept(kind.description);
      double with = 0;
      double without = 0;
      for (int seed = 1; seed <= SEEDS; seed++) {
        with += Streams.figure(kind, 0.999, seed) / SEEDS;
        without += Streams.figure(kind, 1, seed) / SEEDS;
      }
      double least = 1e-4;
      double unit = kind.countsFraud() ? 1 : 100;
      double ratio = Math.max(with, least) / Math.max(without, least);
      rows.add(
          new BenchmarkRow(
              kind.description + "; reference: no guard",
              unit * with,
              kind.countsFraud() ? "scales" : "% of events",
              unit * without,
              kind.countsFraud() ? ratio : 1 / ratio,
              null));
    }
  }

  private static List<LocalDate> days(String... days) {
    return Stream.of(days).map(LocalDate::parse).toList();
  }
}
