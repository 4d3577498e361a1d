package io.shoal.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.PrincipalComponents;
import io.shoal.registry.client.ModelCodec;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One self-contained HTML file with the pictures of a replay, drawn by Chart.js within it. */
public final class HtmlReport {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private static final int SCORE_BINS = 30;

  /** Widest bin of the score's distribution: one in a million is as odd or odder. */
  private static final double SCORE_DIGITS = 6;

  private static final int[] ALERTS_PER_DAY = {
    1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000
  };

  private final ReplayRun run;
  private final Days days;
  private final Map<String, String> settings;

  /** A report on a run whose events the days were told of. */
  public HtmlReport(ReplayRun run, Days days, Map<String, String> settings) {
    this.run = run;
    this.days = days;
    this.settings = settings;
  }

  /** Writes the file. */
  public void write(Path file) throws IOException {
    ModelVersion version = run.version();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("settings", new TreeMap<>(settings));
    data.put("summary", run.summary(run));
    data.put("scores", scores());
    data.put("alerts", alerts());
    data.put("quality", quality());
    data.put("distances", byDay(days.meanDistances()));
    data.put("stability", byDay(days.stability()));
    data.put("reasons", days.alertFeatures());
    data.put("clusters", version == null ? List.of() : clusters(version));
    String html =
        resource("report.html")
            .replace("/*CHART*/", resource("chart.umd.min.js"))
            .replace("/*DATA*/null", json(data));
    Files.writeString(file, html);
  }

  /** Counts by how many digits of "less odd than 1 in 10^digits" the score has. */
  private Map<String, Object> scores() {
    int[] frauds = new int[SCORE_BINS];
    int[] others = new int[SCORE_BINS];
    Outcomes outcomes = run.outcomes();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.score(i) >= 0) {
        double digits = -Math.log10(Math.max(1 - outcomes.score(i), 1e-12));
        int bin = (int) Math.min(SCORE_BINS - 1, digits / SCORE_DIGITS * SCORE_BINS);
        (outcomes.fraud(i) ? frauds : others)[bin]++;
      }
    }
    double[] edges =
        IntStream.range(0, SCORE_BINS)
            .mapToDouble(b -> 1 - Math.pow(10, -b * SCORE_DIGITS / SCORE_BINS))
            .toArray();
    return Map.of("edges", edges, "frauds", frauds, "others", others);
  }

  /** Precision and recall when so many events a day are looked at, by risk and by score. */
  private Map<String, Object> alerts() {
    Outcomes outcomes = run.outcomes();
    int[] rated = IntStream.range(0, outcomes.size()).filter(i -> outcomes.risk(i) >= 0).toArray();
    Map<String, Object> alerts = new LinkedHashMap<>();
    alerts.put("perDay", ALERTS_PER_DAY);
    if (rated.length > 1) {
      double span = outcomes.timeMs(rated[rated.length - 1]) - outcomes.timeMs(rated[0]);
      alerts.put("risk", curve(rated, span / DAY_MS, true));
      alerts.put("score", curve(rated, span / DAY_MS, false));
    }
    return alerts;
  }

  private Map<String, Object> curve(int[] rows, double dayCount, boolean risk) {
    Outcomes outcomes = run.outcomes();
    Integer[] order = Arrays.stream(rows).boxed().toArray(Integer[]::new);
    Arrays.sort(
        order,
        (a, b) ->
            risk
                ? Double.compare(outcomes.risk(b), outcomes.risk(a))
                : Double.compare(outcomes.score(b), outcomes.score(a)));
    long frauds = Arrays.stream(rows).filter(outcomes::fraud).count();
    List<Double> precision = new ArrayList<>();
    List<Double> recall = new ArrayList<>();
    int found = 0;
    int seen = 0;
    for (int perDay : ALERTS_PER_DAY) {
      for (; seen < Math.min(order.length, perDay * dayCount); seen++) {
        found += outcomes.fraud(order[seen]) ? 1 : 0;
      }
      precision.add((double) found / Math.max(1, seen));
      recall.add((double) found / Math.max(1, frauds));
    }
    return Map.of("precision", precision, "recall", recall);
  }

  private Map<String, Object> quality() {
    Outcomes outcomes = run.outcomes();
    List<String> dates = new ArrayList<>();
    List<@Nullable Double> score = new ArrayList<>();
    List<@Nullable Double> risk = new ArrayList<>();
    int from = 0;
    while (from < outcomes.size()) {
      long day = Math.floorDiv(outcomes.timeMs(from), DAY_MS);
      int to = from;
      while (to < outcomes.size() && Math.floorDiv(outcomes.timeMs(to), DAY_MS) <= day) {
        to++;
      }
      dates.add(LocalDate.ofEpochDay(day).toString());
      score.add(precision(IntStream.range(from, to).filter(i -> outcomes.score(i) >= 0), false));
      risk.add(precision(IntStream.range(from, to).filter(i -> outcomes.risk(i) >= 0), true));
      from = to;
    }
    return Map.of("days", dates, "score", score, "risk", risk);
  }

  /** Average precision; null, which is no point of a line, where there is none. */
  private @Nullable Double precision(IntStream rows, boolean risk) {
    Outcomes outcomes = run.outcomes();
    int[] indexes = rows.toArray();
    double[] values = new double[indexes.length];
    boolean[] odd = new boolean[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      values[i] = risk ? outcomes.risk(indexes[i]) : outcomes.score(indexes[i]);
      odd[i] = outcomes.fraud(indexes[i]);
    }
    double precision = Ranking.quality(values, odd).averagePrecision();
    return Double.isNaN(precision) ? null : precision;
  }

  private static Map<String, Object> byDay(Map<LocalDate, Double> values) {
    return Map.of(
        "days", values.keySet().stream().map(LocalDate::toString).toList(),
        "values", List.copyOf(values.values()));
  }

  private static List<Map<String, Object>> clusters(ModelVersion version) {
    KMeansModelData model = ModelCodec.decode(version);
    int d = model.dimension();
    double[] weights = model.weights();
    double[] scaled = new double[model.clusters() * d];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = model.centroids()[i] / model.scales()[i % d];
    }
    double[][] places = new PrincipalComponents(scaled, weights, d).project(scaled);
    double total = Arrays.stream(weights).sum();
    List<Map<String, Object>> clusters = new ArrayList<>();
    for (int j = 0; j < weights.length; j++) {
      double seen = Math.max(weights[j], model.fraudWeights()[j]);
      clusters.add(
          Map.of(
              "id", model.clusterIds()[j],
              "x", places[j][0],
              "y", places[j][1],
              "share", weights[j] / total,
              "fraud", seen > 0 ? model.fraudWeights()[j] / seen : 0));
    }
    return clusters;
  }

  private static String json(Object data) {
    try {
      // A text within must not end the script that it stands in.
      return new ObjectMapper().writeValueAsString(data).replace("</", "<\\/");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, numbers and texts", e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
