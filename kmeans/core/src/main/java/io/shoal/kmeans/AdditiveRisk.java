package io.shoal.kmeans;

/**
 * The risk of a point, learned from labels: a logistic model that adds up one curve per feature (a
 * generalized additive model, Hastie and Tibshirani 1986). A curve is a polygon over the distance
 * from the feature's mean in units of its scale, constant beyond the first and the last knot, so
 * that no value, however far, counts for more than what was seen.
 *
 * <p>The weights are {@code [1 + d * SEGMENTS]}: the log-odds at the first knots of all features,
 * then for each feature by how much its curve rises from each knot to the next. Immutable.
 */
final class AdditiveRisk {
  /** Where curves bend, in units of the scale: close where most traffic lies, wide in the tail. */
  private static final double[] KNOTS = {-2, -1, 0, 1, 2, 3, 4, 6, 8, 12, 16};

  /** Pieces of a curve. */
  static final int SEGMENTS = KNOTS.length - 1;

  private static final double[] INVERSE_WIDTHS = inverseWidths();

  /** It begins there: what a curve has risen to at the mean is its height at this knot. */
  private static final int SEGMENT_OF_MEAN = segment(0);

  private final float[] means;
  private final float[] inverseScales;
  private final double[] weights;

  /** What each curve has risen to at each knot, {@code [d * (SEGMENTS + 1)]}. */
  private final double[] heights;

  /**
   * @param means of the features {@code [d]}, in their units
   * @param weights {@code [size(d)]}
   */
  AdditiveRisk(float[] means, float[] inverseScales, double[] weights) {
    this.means = means;
    this.inverseScales = inverseScales;
    this.weights = weights;
    this.heights = new double[means.length * KNOTS.length];
    update();
  }

  /** Number of weights for d features. */
  static int size(int d) {
    return 1 + d * SEGMENTS;
  }

  /** Where curves bend; a copy. */
  static double[] knots() {
    return KNOTS.clone();
  }

  /** Takes over weights that were changed in place. */
  void update() {
    for (int f = 0; f < means.length; f++) {
      for (int s = 0; s < SEGMENTS; s++) {
        int at = f * KNOTS.length + s;
        heights[at + 1] = heights[at] + weights[1 + f * SEGMENTS + s];
      }
    }
  }

  /**
   * Log-odds of fraud of a point, and the feature that raises them most over those at its mean.
   *
   * @param x {@code [d]} at least, in feature units
   * @param out receives the feature, or -1 where none raises them
   */
  double logOdds(float[] x, Score out) {
    double sum = weights[0];
    double most = 0;
    out.riskFeature = -1;
    for (int f = 0; f < means.length; f++) {
      double height = height(f, deviation(f, x[f]));
      double effect = height - heights[f * KNOTS.length + SEGMENT_OF_MEAN];
      if (effect > most) {
        most = effect;
        out.riskFeature = f;
      }
      sum += height;
    }
    return sum;
  }

  /**
   * The same, and where the point lies on each curve.
   *
   * @param segments receives the segment per feature, {@code [d]}
   * @param alongs receives how far within it, in [0, 1], {@code [d]}
   */
  double locate(float[] points, int offset, int[] segments, double[] alongs) {
    double sum = weights[0];
    for (int f = 0; f < means.length; f++) {
      double deviation = deviation(f, points[offset + f]);
      int s = segment(deviation);
      double along = along(s, deviation);
      segments[f] = s;
      alongs[f] = along;
      sum += heights[f * KNOTS.length + s] + along * weights[1 + f * SEGMENTS + s];
    }
    return sum;
  }

  /** Distance from the mean in units of the scale. */
  private double deviation(int feature, float value) {
    return ((double) value - means[feature]) * inverseScales[feature];
  }

  /**
   * Index of the segment that a deviation lies in; 0 before the first, the last beyond it. Counted
   * without a branch that traffic could make unpredictable.
   */
  private static int segment(double deviation) {
    int s = 0;
    for (int i = 1; i < SEGMENTS; i++) {
      s += deviation >= KNOTS[i] ? 1 : 0;
    }
    return s;
  }

  /** How far within a segment a deviation lies, in [0, 1]. */
  private static double along(int segment, double deviation) {
    return Math.max(0, Math.min(1, (deviation - KNOTS[segment]) * INVERSE_WIDTHS[segment]));
  }

  private double height(int feature, double deviation) {
    int s = segment(deviation);
    return heights[feature * KNOTS.length + s]
        + along(s, deviation) * weights[1 + feature * SEGMENTS + s];
  }

  private static double[] inverseWidths() {
    double[] inverse = new double[SEGMENTS];
    for (int s = 0; s < SEGMENTS; s++) {
      inverse[s] = 1 / (KNOTS[s + 1] - KNOTS[s]);
    }
    return inverse;
  }
}
