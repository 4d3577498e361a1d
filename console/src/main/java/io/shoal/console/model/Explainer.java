package io.shoal.console.model;

import io.shoal.console.model.VersionCache.Content;
import io.shoal.console.store.Predictions.Cut;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of one scored vector what is usual for its cluster, and which smallest change of one feature
 * would have let it pass.
 *
 * <p>Along each feature the score is looked at on a grid from the value to where centres lie, and
 * the nearest point that passes is narrowed down by halving. Where no single feature suffices, all
 * of them are moved towards the centre of the nearest cluster that passes itself, as little as
 * needed.
 */
public final class Explainer {
  private static final int STEPS = 200;
  private static final int HALVINGS = 20;

  private final KMeansModelData model;
  private final List<String> features;
  private final AnomalyScorer scorer;
  private final Cut cut;

  /**
   * What one feature says.
   *
   * @param centre of the nearest cluster
   * @param scale decayed standard deviation
   * @param deviation {@code (value - centre) / scale}
   * @param share of the squared distance, in [0, 1]
   */
  public record Feature(
      String name, double value, double centre, double scale, double deviation, double share) {}

  /**
   * A vector that would have passed.
   *
   * @param feature that alone would have had to be another; null where all are moved
   * @param deviations by how much, in scales
   * @param risk null where the model knows none
   */
  public record Alternative(
      @Nullable String feature,
      List<Double> values,
      double deviations,
      double score,
      @Nullable Double risk) {}

  /**
   * All that is said.
   *
   * @param clusterShare of the traffic that the model learned from
   * @param clusterFraudRate labels of fraud per event of the cluster
   * @param alternatives the smallest change first; empty when it passes
   */
  public record Explanation(
      List<Feature> features,
      int clusterId,
      double clusterShare,
      double clusterFraudRate,
      double score,
      @Nullable Double risk,
      Cut cut,
      List<Alternative> alternatives) {}

  /** An explainer for a version and the cut between PASS and REVIEW. */
  public Explainer(Content content, Cut cut) {
    this.model = content.data();
    this.features = content.version().getFeatures();
    this.scorer = new AnomalyScorer(model);
    this.cut = cut;
  }

  /**
   * Explains.
   *
   * @param x {@code [d]} in feature units, finite
   */
  public Explanation explain(float[] x) {
    Score score = scorer.score(x);
    float[] parts = scorer.contributions(x);
    double sum = 0;
    for (float part : parts) {
      sum += part;
    }
    int row = row(score.clusterId);
    float[] centres = model.centroids();
    float[] scales = model.scales();
    int d = model.dimension();
    List<Feature> told = new ArrayList<>();
    for (int f = 0; f < d; f++) {
      double centre = centres[row * d + f];
      told.add(
          new Feature(
              features.get(f),
              x[f],
              centre,
              scales[f],
              (x[f] - centre) / scales[f],
              sum > 0 ? parts[f] / sum : 0));
    }
    double[] weights = model.weights();
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    return new Explanation(
        told,
        score.clusterId,
        weights[row] / total,
        Math.min(model.fraudWeights()[row] / Math.max(weights[row], 1), 1),
        score.score,
        risk(score),
        cut,
        passes(score) ? List.of() : alternatives(x, centres, scales));
  }

  private List<Alternative> alternatives(float[] x, float[] centres, float[] scales) {
    List<Alternative> found = new ArrayList<>();
    for (int f = 0; f < x.length; f++) {
      Alternative best = alongFeature(x, f, centres, scales);
      if (best != null) {
        found.add(best);
      }
    }
    found.sort(Comparator.comparingDouble(Alternative::deviations));
    if (found.isEmpty()) {
      Alternative together = towardsCentres(x, centres, scales);
      return together == null ? List.of() : List.of(together);
    }
    return found;
  }

  private @Nullable Alternative alongFeature(float[] x, int f, float[] centres, float[] scales) {
    int d = x.length;
    float low = x[f];
    float high = x[f];
    for (int j = 0; j < model.clusters(); j++) {
      low = Math.min(low, centres[j * d + f]);
      high = Math.max(high, centres[j * d + f]);
    }
    float[] best = null;
    for (float end : new float[] {low, high}) {
      float[] to = x.clone();
      to[f] = end;
      float[] passing = end == x[f] ? null : nearestPassing(x, to);
      if (passing != null
          && (best == null || Math.abs(passing[f] - x[f]) < Math.abs(best[f] - x[f]))) {
        best = passing;
      }
    }
    return best == null
        ? null
        : alternative(features.get(f), best, Math.abs(best[f] - x[f]) / scales[f]);
  }

  private @Nullable Alternative towardsCentres(float[] x, float[] centres, float[] scales) {
    int d = x.length;
    float[] best = null;
    double shortest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < model.clusters(); j++) {
      float[] centre = Arrays.copyOfRange(centres, j * d, (j + 1) * d);
      float[] passing = passes(scorer.score(centre)) ? nearestPassing(x, centre) : null;
      double length = passing == null ? shortest : distance(x, passing, scales);
      if (length < shortest) {
        shortest = length;
        best = passing;
      }
    }
    return best == null ? null : alternative(null, best, shortest);
  }

  /** The first point on the way that passes, about as near as floats can say; null for none. */
  private float @Nullable [] nearestPassing(float[] from, float[] to) {
    double failing = 0;
    for (int step = 1; step <= STEPS; step++) {
      double at = (double) step / STEPS;
      if (passes(scorer.score(between(from, to, at)))) {
        double passing = at;
        for (int i = 0; i < HALVINGS; i++) {
          double middle = (failing + passing) / 2;
          if (passes(scorer.score(between(from, to, middle)))) {
            passing = middle;
          } else {
            failing = middle;
          }
        }
        return between(from, to, passing);
      }
      failing = at;
    }
    return null;
  }

  private static float[] between(float[] from, float[] to, double at) {
    float[] point = new float[from.length];
    for (int f = 0; f < point.length; f++) {
      point[f] = (float) (from[f] + at * (to[f] - (double) from[f]));
    }
    return point;
  }

  private static double distance(float[] a, float[] b, float[] scales) {
    double sum = 0;
    for (int f = 0; f < a.length; f++) {
      double step = (a[f] - (double) b[f]) / scales[f];
      sum += step * step;
    }
    return Math.sqrt(sum);
  }

  private Alternative alternative(@Nullable String feature, float[] point, double deviations) {
    Score score = scorer.score(point);
    List<Double> values = new ArrayList<>();
    for (float value : point) {
      values.add((double) value);
    }
    return new Alternative(feature, values, deviations, score.score, risk(score));
  }

  private boolean passes(Score score) {
    Double highest = cut.score();
    Double riskiest = cut.risk();
    return (highest == null || score.score <= highest)
        && (riskiest == null || Double.isNaN(score.risk) || score.risk <= riskiest);
  }

  private static @Nullable Double risk(Score score) {
    return Double.isNaN(score.risk) ? null : score.risk;
  }

  private int row(int clusterId) {
    int[] ids = model.clusterIds();
    for (int j = 0; j < ids.length; j++) {
      if (ids[j] == clusterId) {
        return j;
      }
    }
    throw new IllegalStateException("the scorer named cluster " + clusterId);
  }
}
