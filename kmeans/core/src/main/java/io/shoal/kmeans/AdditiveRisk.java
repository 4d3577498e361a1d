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
  /**
   * Where curves bend, in units of the scale: close where most traffic lies, wide in the tail. They
   * are whole numbers, so that a curve is a table of its heights at whole numbers, and the place of
   * a value in it needs no search.
   */
  private static final int[] KNOTS = {-2, -1, 0, 1, 2, 3, 4, 6, 8, 12, 16};

  /** Pieces of a curve. */
  static final int SEGMENTS = KNOTS.length - 1;

  private static final int FIRST = KNOTS[0];

  /** Between two whole numbers each. */
  private static final int CELLS = KNOTS[SEGMENTS] - FIRST;

  /** One for each cell, and one before and one behind them. */
  private static final int LINES = CELLS + 2;

  private static final int ROW = 2 * LINES;
  private static final byte[] SEGMENT_OF_CELL = segmentOfCell();
  private static final double[] STARTS = new double[SEGMENTS];
  private static final double[] INVERSE_WIDTHS = new double[SEGMENTS];

  static {
    for (int s = 0; s < SEGMENTS; s++) {
      STARTS[s] = KNOTS[s] - FIRST;
      INVERSE_WIDTHS[s] = 1.0 / (KNOTS[s + 1] - KNOTS[s]);
    }
  }

  private final float[] means;
  private final float[] inverseScales;

  /** Log-odds of a point that is all means. */
  private final double atMeans;

  /**
   * What a curve adds over its height at the mean, as a line of the deviation for each cell: start
   * and slope, {@code [d * LINES * 2]}. The first and the last of a curve's lines are level.
   */
  private final double[] lines;

  /**
   * @param means of the features {@code [d]}, in their units
   * @param weights {@code [size(d)]}
   */
  AdditiveRisk(float[] means, float[] inverseScales, double[] weights) {
    this.means = means;
    this.inverseScales = inverseScales;
    this.lines = new double[means.length * ROW];
    double sum = weights[0];
    double[] heights = new double[CELLS + 1];
    for (int f = 0; f < means.length; f++) {
      for (int c = 0; c < CELLS; c++) {
        int s = SEGMENT_OF_CELL[c];
        heights[c + 1] = heights[c] + weights[1 + f * SEGMENTS + s] * INVERSE_WIDTHS[s];
      }
      double atMean = heights[-FIRST];
      sum += atMean;
      lines[f * ROW] = -atMean;
      for (int c = 0; c < CELLS; c++) {
        double slope = heights[c + 1] - heights[c];
        lines[f * ROW + 2 * (c + 1)] = heights[c] - atMean - slope * (c + FIRST);
        lines[f * ROW + 2 * (c + 1) + 1] = slope;
      }
      lines[f * ROW + 2 * (LINES - 1)] = heights[CELLS] - atMean;
    }
    atMeans = sum;
  }

  /** Number of weights for d features. */
  static int size(int d) {
    return 1 + d * SEGMENTS;
  }

  /** Where curves bend. */
  static double[] knots() {
    double[] knots = new double[KNOTS.length];
    for (int s = 0; s < knots.length; s++) {
      knots[s] = KNOTS[s];
    }
    return knots;
  }

  /**
   * Log-odds of fraud of a point, and the feature that raises them most over those at its mean.
   *
   * @param x {@code [d]} at least, in feature units
   * @param out receives the feature, or -1 where none raises them
   */
  double logOdds(float[] x, Score out) {
    double sum = atMeans;
    // The bits of positive numbers have their order, and comparing them waits for less.
    long most = 0;
    int feature = -1;
    for (int f = 0, row = 0; f < means.length; f++, row += ROW) {
      double deviation = ((double) x[f] - means[f]) * inverseScales[f];
      int line = Math.max(0, Math.min(LINES - 1, (int) (deviation + (1 - FIRST))));
      double effect = lines[row + 2 * line] + lines[row + 2 * line + 1] * deviation;
      long bits = Double.doubleToRawLongBits(effect);
      feature = bits > most ? f : feature;
      most = Math.max(bits, most);
      sum += effect;
    }
    out.riskFeature = feature;
    return sum;
  }

  /** Where on its curve a value lies, in units of the scale from the first knot to the last. */
  static double place(float value, float mean, float inverseScale) {
    double deviation = ((double) value - mean) * inverseScale;
    return Math.max(0, Math.min(CELLS, deviation - FIRST));
  }

  /** Index of the segment that a place lies in. */
  static int segment(double place) {
    return SEGMENT_OF_CELL[cell(place)];
  }

  /** How far within a segment a place lies, in [0, 1]. */
  static double along(int segment, double place) {
    return (place - STARTS[segment]) * INVERSE_WIDTHS[segment];
  }

  /** The upper end of the last cell belongs to it. */
  private static int cell(double place) {
    return Math.min((int) place, CELLS - 1);
  }

  private static byte[] segmentOfCell() {
    byte[] segments = new byte[CELLS];
    for (int c = 0, s = 0; c < CELLS; c++) {
      s += c + FIRST >= KNOTS[s + 1] ? 1 : 0;
      segments[c] = (byte) s;
    }
    return segments;
  }
}
