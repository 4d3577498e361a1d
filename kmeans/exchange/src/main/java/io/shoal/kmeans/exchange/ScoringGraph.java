package io.shoal.kmeans.exchange;

import static io.shoal.kmeans.exchange.OnnxGraph.attribute;
import static io.shoal.kmeans.exchange.OnnxGraph.listAttribute;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.shoal.kmeans.ScoringFormula;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * {@link ScoringFormula} as an ONNX graph of standard operators. Distances are single precision, as
 * the scorer's are, and summed from differences, so that points far from the origin lose nothing;
 * percentiles are double, since they come closer to 1 than a float can. It takes {@code 4 * n * (k
 * * d + m)} bytes for {@code n} points.
 */
final class ScoringGraph {
  private static final String NAME = "shoal_anomaly_score";

  private final ScoringFormula formula;
  private final int k;
  private final int d;
  private final OnnxGraph graph = new OnnxGraph(NAME);
  private final String largestFloat;
  private final String zero;
  private final String one;

  /** One of the nearest clusters of each point: values {@code [n]}. */
  private record Neighbour(String row, String distance2) {}

  private ScoringGraph(ScoringFormula formula) {
    this.formula = formula;
    this.k = formula.clusterIds().length;
    this.d = formula.inverseScales().length;
    this.largestFloat = graph.floats("largest_float", new float[] {Float.MAX_VALUE});
    this.zero = graph.scalar("zero", 0);
    this.one = graph.scalar("one", 1);
  }

  static GraphProto of(ScoringFormula formula) {
    return new ScoringGraph(formula).build();
  }

  private GraphProto build() {
    String features = graph.input(OnnxModels.FEATURES, DataType.FLOAT, d);
    String finite = finite(features);
    String inverseScales = graph.floats("inverse_scales", formula.inverseScales(), d);
    String scaled = graph.node("scaled", "Mul", List.of(features, inverseScales));
    String distances2 = distances2(scaled);
    boolean labelled = formula.logOdds().length > 0;
    boolean byClusters = labelled && formula.riskWeights().length == 0;
    List<Neighbour> nearest = nearest(distances2, byClusters ? formula.neighbours() : 1);
    Neighbour own = nearest.get(0);
    clusterId(finite, own.row);
    distance2(finite, own.distance2);
    String percentile = percentile(raw(scaled, distances2, own.row));
    output(finite, percentile, OnnxModels.SCORE);
    if (labelled) {
      String risk = byClusters ? clusterRisk(nearest, percentile) : curveRisk(features, percentile);
      output(finite, risk, OnnxModels.RISK);
    }
    return graph.build();
  }

  /** Whether all features of a point are finite {@code [n]}. */
  private String finite(String features) {
    String magnitudes = graph.node("magnitudes", "Abs", List.of(features));
    String inRange = graph.node("in_range", "LessOrEqual", List.of(magnitudes, largestFloat));
    String flags = graph.cast("in_range_flags", inRange, DataType.FLOAT);
    return graph.cast("finite", min("least_flag", flags), DataType.BOOL);
  }

  /** Squared distances to all centroids {@code [n, k]}. */
  private String distances2(String scaled) {
    String centroids = graph.floats("scaled_centroids", formula.scaledCentroids(), k, d);
    String differences =
        graph.node("differences", "Sub", List.of(column("scaled_column", scaled), centroids));
    String squares = graph.node("squares", "Mul", List.of(differences, differences));
    String sums = sum("sums", squares, 2);
    // No number is no less than another: this catches infinite minus infinite too.
    String sound = graph.node("representable", "Less", List.of(sums, largestFloat));
    return graph.node("distances2", "Where", List.of(sound, sums, largestFloat));
  }

  /**
   * The nearest clusters, nearest first, the lowest row among equals. One after the other, and not
   * by {@code TopK}: with that, ONNX Runtime 1.22 takes the whole process down when there is no
   * point.
   */
  private List<Neighbour> nearest(String distances2, int most) {
    List<Neighbour> nearest = new ArrayList<>(List.of(neighbour(0, distances2)));
    int count = Math.min(most, k);
    if (count == 1) {
      return nearest;
    }
    String rows = graph.longs("rows", LongStream.range(0, k).toArray(), k);
    String infinity = graph.floats("infinity", new float[] {Float.POSITIVE_INFINITY});
    String left = distances2;
    for (int i = 1; i < count; i++) {
      String taken = column("taken_row_" + i, nearest.get(i - 1).row);
      String isTaken = graph.node("is_taken_" + i, "Equal", List.of(rows, taken));
      left = graph.node("left_" + i, "Where", List.of(isTaken, infinity, left));
      nearest.add(neighbour(i, left));
    }
    return nearest;
  }

  private Neighbour neighbour(int i, String distances2) {
    String row =
        graph.node(
            "nearest_row_" + i,
            "ArgMin",
            List.of(distances2),
            attribute("axis", 1),
            attribute("keepdims", 0));
    return new Neighbour(row, min("nearest_distance2_" + i, distances2));
  }

  private void clusterId(String finite, String own) {
    long[] ids = Arrays.stream(formula.clusterIds()).asLongStream().toArray();
    String cluster = graph.gather("cluster", graph.longs("cluster_ids", ids, k), own, 0);
    String none = graph.longs("no_cluster", new long[] {OnnxModels.NO_CLUSTER});
    graph.node(OnnxModels.CLUSTER_ID, "Where", List.of(finite, cluster, none));
    graph.output(OnnxModels.CLUSTER_ID, DataType.INT64);
  }

  private void distance2(String finite, String distance2) {
    String none = graph.floats("no_distance", new float[] {Float.NaN});
    graph.node(OnnxModels.DISTANCE2, "Where", List.of(finite, distance2, none));
    graph.output(OnnxModels.DISTANCE2, DataType.FLOAT);
  }

  /** Raw anomaly score {@code [n]}. */
  private String raw(String scaled, String distances2, String own) {
    int[] large = formula.largeRows();
    long[] rows = Arrays.stream(large).asLongStream().toArray();
    String largeRows = graph.longs("large_rows", rows, rows.length);
    String toLarge = graph.gather("large_distances2", distances2, largeRows, 1);
    String nearest =
        graph.node(
            "nearest_large",
            "ArgMin",
            List.of(toLarge),
            attribute("axis", 1),
            attribute("keepdims", 0));
    float[] centres = new float[large.length * d];
    for (int i = 0; i < large.length; i++) {
      System.arraycopy(formula.scaledCentroids(), large[i] * d, centres, i * d, d);
    }
    String table = graph.floats("large_centroids", centres, large.length, d);
    String centre = graph.gather("large_centre", table, nearest, 0);
    String shares = graph.doubles("minus_log_shares", formula.minusLogShares(), k);
    String distance = robustDistance(scaled, centre);
    return graph.node("raw", "Add", List.of(distance, graph.gather("rarity", shares, own, 0)));
  }

  /**
   * {@code tail * sum_f ln(1 + z_f^2)} of the differences to a centre of each point {@code [n]}.
   */
  private String robustDistance(String scaled, String centre) {
    String differences = graph.node("large_differences", "Sub", List.of(scaled, centre));
    String squares = graph.node("large_squares", "Mul", List.of(differences, differences));
    String sound = graph.node("large_sound", "Less", List.of(squares, largestFloat));
    String bounded = graph.node("large_bounded", "Where", List.of(sound, squares, largestFloat));
    String wide = graph.cast("large_bounded_double", bounded, DataType.DOUBLE);
    String factors = graph.node("large_factors", "Add", List.of(wide, one));
    String sum = sum("robust_distance", graph.node("large_logs", "Log", List.of(factors)), 1);
    String tail = graph.scalar("tail", formula.tail());
    return graph.node("weighted_robust_distance", "Mul", List.of(sum, tail));
  }

  /** Percentile of the raw score {@code [n]}. */
  private String percentile(String raw) {
    int last = formula.edges().length - 1;
    String inside = inside(raw);
    String first = graph.scalar("first_edge", formula.edges()[0]);
    String below = graph.node("under_first", "Sub", List.of(first, raw));
    String lower = graph.node("lower", "Div", List.of(inside, fall("lower", below)));

    String lastEdge = graph.scalar("last_edge", formula.edges()[last]);
    String above = graph.node("over_last", "Sub", List.of(raw, lastEdge));
    String rest = graph.scalar("last_rest", 1 - formula.ranks()[last]);
    String beyond = graph.node("beyond", "Div", List.of(rest, fall("upper", above)));
    String upper = graph.node("upper", "Sub", List.of(one, beyond));
    String belowOne = graph.scalar("below_one", Math.nextDown(1.0));
    String capped = graph.node("capped_upper", "Min", List.of(upper, belowOne));

    String isUpper = graph.node("is_upper", "Greater", List.of(raw, lastEdge));
    return graph.node("percentile", "Where", List.of(isUpper, capped, lower));
  }

  /** By what a tail has fallen at this distance from its edge: 1 on the other side of the edge. */
  private String fall(String tail, String distance) {
    String scale = graph.scalar(tail + "_tail_scale", formula.tailScale());
    String positive = graph.node(tail + "_distance", "Max", List.of(distance, zero));
    String scaled = graph.node(tail + "_scaled_distance", "Div", List.of(positive, scale));
    return graph.node(tail + "_fall", "Add", List.of(scaled, one));
  }

  /** The line between the two edges around the raw score; constant beyond the ends. */
  private String inside(String raw) {
    double[] edges = formula.edges();
    double[] ranks = formula.ranks();
    int m = edges.length;
    // Entry i holds the line that ends at edge i, entry m what comes after the last edge.
    double[] starts = new double[m + 1];
    double[] heights = new double[m + 1];
    double[] slopes = new double[m + 1];
    starts[0] = edges[0];
    heights[0] = ranks[0];
    for (int i = 1; i <= m; i++) {
      starts[i] = edges[i - 1];
      heights[i] = ranks[i - 1];
      slopes[i] = i == m ? 0 : (ranks[i] - ranks[i - 1]) / (edges[i] - edges[i - 1]);
    }
    String table = graph.doubles("edges", edges, m);
    String isPassed = graph.node("is_passed", "Less", List.of(table, column("raw_column", raw)));
    String flags = graph.cast("passed_flags", isPassed, DataType.FLOAT);
    String line = graph.cast("line", sum("passed", flags, 1), DataType.INT64);
    String start = graph.gather("start", graph.doubles("line_starts", starts, m + 1), line, 0);
    String height = graph.gather("height", graph.doubles("line_heights", heights, m + 1), line, 0);
    String slope = graph.gather("slope", graph.doubles("line_slopes", slopes, m + 1), line, 0);
    String along = graph.node("along", "Sub", List.of(raw, start));
    String rise = graph.node("rise", "Mul", List.of(along, slope));
    return graph.node("inside", "Add", List.of(height, rise));
  }

  /** Posterior probability of fraud by the curves of the features {@code [n]}. */
  private String curveRisk(String features, String percentile) {
    double[] knots = formula.knots();
    int segments = knots.length - 1;
    double[] starts = Arrays.copyOf(knots, segments);
    double[] inverseWidths = new double[segments];
    Arrays.setAll(inverseWidths, s -> 1 / (knots[s + 1] - knots[s]));
    double[] means = new double[d];
    Arrays.setAll(means, f -> formula.means()[f]);
    double[] inverse = new double[d];
    Arrays.setAll(inverse, f -> formula.inverseScales()[f]);

    String wide = graph.cast("features_double", features, DataType.DOUBLE);
    String centred = graph.node("centred", "Sub", List.of(wide, graph.doubles("means", means, d)));
    String scales = graph.doubles("inverse_scales_double", inverse, d);
    String deviations = graph.node("deviations", "Mul", List.of(centred, scales));
    String axis = graph.longs("deviation_axis", new long[] {2}, 1);
    String column = graph.node("deviation_column", "Unsqueeze", List.of(deviations, axis));
    String past =
        graph.node("past", "Sub", List.of(column, graph.doubles("knots", starts, segments)));
    String widths = graph.doubles("inverse_widths", inverseWidths, segments);
    String along = graph.node("along_segment", "Mul", List.of(past, widths));
    String above = graph.node("above_start", "Max", List.of(along, zero));
    String within = graph.node("within_segment", "Min", List.of(above, one));
    double[] rises = Arrays.copyOfRange(formula.riskWeights(), 1, 1 + d * segments);
    String table = graph.doubles("rises", rises, d, segments);
    String effects = graph.node("effects", "Mul", List.of(within, table));
    String perFeature = sum("feature_effects", effects, 2);
    String base = graph.scalar("base_log_odds", formula.riskWeights()[0]);
    String learned =
        graph.node("learned_log_odds", "Add", List.of(sum("effect_sum", perFeature, 1), base));
    String total = graph.node("curve_log_odds", "Add", List.of(learned, anomaly(percentile)));
    return graph.node("curve_probability", "Sigmoid", List.of(total));
  }

  /** Posterior probability of fraud by the nearest clusters {@code [n]}. */
  private String clusterRisk(List<Neighbour> nearest, String percentile) {
    String table = graph.doubles("log_odds", formula.logOdds(), k);
    List<String> distances2 = new ArrayList<>();
    List<String> weights = new ArrayList<>();
    List<String> weighted = new ArrayList<>();
    for (int i = 0; i < nearest.size(); i++) {
      Neighbour neighbour = nearest.get(i);
      distances2.add(graph.cast("neighbour_distance2_" + i, neighbour.distance2, DataType.DOUBLE));
      String excess =
          graph.node("minus_excess_" + i, "Sub", List.of(distances2.get(0), distances2.get(i)));
      weights.add(graph.node("neighbour_weight_" + i, "Exp", List.of(excess)));
      String odds = graph.gather("neighbour_log_odds_" + i, table, neighbour.row, 0);
      weighted.add(graph.node("weighted_log_odds_" + i, "Mul", List.of(weights.get(i), odds)));
    }
    String sum = graph.node("log_odds_sum", "Sum", weighted);
    String weight = graph.node("weight_sum", "Sum", weights);
    String mean = graph.node("mean_log_odds", "Div", List.of(sum, weight));

    String anomaly = anomaly(percentile);
    String total = graph.node("fraud_log_odds", "Add", List.of(mean, anomaly));
    return graph.node("fraud_probability", "Sigmoid", List.of(total));
  }

  /** Weighted log-odds of the percentile {@code [n]}. */
  private String anomaly(String percentile) {
    String rest = graph.node("rest", "Sub", List.of(one, percentile));
    String ratio = graph.node("percentile_odds", "Div", List.of(percentile, rest));
    String logRatio = graph.node("percentile_log_odds", "Log", List.of(ratio));
    String factor = graph.scalar("anomaly_weight", formula.anomalyWeight());
    return graph.node("anomaly", "Mul", List.of(factor, logRatio));
  }

  private void output(String finite, String value, String name) {
    String none = graph.scalar("no_" + name, Double.NaN);
    graph.node(name, "Where", List.of(finite, value, none));
    graph.output(name, DataType.DOUBLE);
  }

  /** {@code [n, ...]} as {@code [n, 1, ...]}. */
  private String column(String result, String value) {
    String axis = graph.longs(result + "_axis", new long[] {1}, 1);
    return graph.node(result, "Unsqueeze", List.of(value, axis));
  }

  private String sum(String result, String value, int axis) {
    String axes = graph.longs(result + "_axis", new long[] {axis}, 1);
    return graph.node(result, "ReduceSum", List.of(value, axes), attribute("keepdims", 0));
  }

  /** Least of each row {@code [n]}. */
  private String min(String result, String value) {
    return graph.node(
        result, "ReduceMin", List.of(value), listAttribute("axes", 1), attribute("keepdims", 0));
  }
}
