package io.shoal.kmeans;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The raw anomaly score: {@code d2 - ln(share)}, where {@code d2} is the squared distance to the
 * nearest large cluster and {@code share} the own cluster's share of the decayed weight. Large
 * clusters are those that hold the first 90 % of the weight (cluster-based local outlier factor,
 * He, Xu and Deng 2003): a clump of anomalies that has captured a centroid is measured against the
 * traffic of others.
 */
final class RawScores {
  private static final double LARGE_SHARE = 0.9;

  private final int d;
  private final float[] scaled;
  private final boolean[] large;
  private final double[] minusLogShare;

  /**
   * @param scaled centroids divided by the scales, {@code [k * d]}
   * @param weights decayed number of events, {@code [k]}
   */
  RawScores(float[] scaled, double[] weights, int d) {
    this.d = d;
    this.scaled = scaled;
    this.large = large(weights);
    this.minusLogShare = new double[weights.length];
    double total = Arrays.stream(weights).sum();
    for (int j = 0; j < weights.length; j++) {
      // Half an event for a cluster without weight: its share is small, not zero.
      minusLogShare[j] = -Math.log(Math.max(weights[j], 0.5) / Math.max(total, 1));
    }
  }

  /**
   * The raw score of a point.
   *
   * @param points scaled, row-major
   * @param at where the point starts
   * @param own row of its nearest centroid
   * @param distance2 to that centroid
   */
  double raw(float[] points, int at, int own, float distance2) {
    float nearest = distance2;
    if (!large[own]) {
      nearest = Float.MAX_VALUE;
      for (int j = 0; j < large.length; j++) {
        if (large[j]) {
          nearest = Math.min(nearest, distance2(points, at, scaled, j * d, d));
        }
      }
    }
    return nearest + minusLogShare[own];
  }

  /** Rows of the large clusters, ascending. */
  int[] largeRows() {
    return IntStream.range(0, large.length).filter(j -> large[j]).toArray();
  }

  /** Minus the logarithm of each cluster's share of the weight {@code [k]}; a copy. */
  double[] minusLogShares() {
    return minusLogShare.clone();
  }

  static float distance2(float[] a, int aAt, float[] b, int bAt, int d) {
    float sum = 0;
    for (int f = 0; f < d; f++) {
      float difference = a[aAt + f] - b[bAt + f];
      sum += difference * difference;
    }
    // Also where infinite minus infinite is no number.
    return sum < Float.MAX_VALUE ? sum : Float.MAX_VALUE;
  }

  /** A cluster that weighs as much as the lightest large one is large too: no order decides. */
  private static boolean[] large(double[] weights) {
    double[] ascending = weights.clone();
    Arrays.sort(ascending);
    double enough = LARGE_SHARE * Arrays.stream(weights).sum();
    int lightest = weights.length - 1;
    double held = ascending[lightest];
    while (held < enough && lightest > 0) {
      lightest--;
      held += ascending[lightest];
    }
    boolean[] large = new boolean[weights.length];
    for (int j = 0; j < weights.length; j++) {
      large[j] = weights[j] >= ascending[lightest];
    }
    return large;
  }
}
