package io.shoal.kmeans;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The raw anomaly score: {@code TAIL * sum_f ln(1 + z_f^2) - ln(share)}, where {@code z} is the
 * difference to the nearest large centroid in units of the scales and {@code share} the own
 * cluster's share of the decayed weight. Large clusters are those that hold the first 90 % of the
 * weight (cluster-based local outlier factor, He, Xu and Deng 2003): a clump of anomalies that has
 * captured a centroid is measured against the traffic of others.
 *
 * <p>Up to constants it is minus the logarithm of the share times, per feature, the density of
 * Student's t with 5 degrees of freedom and a spread {@code r} of {@code sqrt(1 / 5)} scales, for
 * traffic lies closer to its cluster than to its mean: {@code (5 + 1) / 2 * ln(1 + z^2 / (5 r^2))}.
 * The squared distance would stand for a normal density, under which one feature with a heavy tail
 * outweighs all others together.
 */
final class RawScores {
  private static final double LARGE_SHARE = 0.9;

  /** What the robust distance weighs beside the share. */
  static final double TAIL = 3;

  private final int d;
  private final float[] scaled;
  private final boolean[] large;

  /** Centroids of the large clusters, {@code [larges * d]}, scaled. */
  private final float[] largeCentroids;

  private final int[] largeRows;

  private final double[] minusLogShare;

  /**
   * @param scaled centroids divided by the scales, {@code [k * d]}
   * @param weights decayed number of events, {@code [k]}
   */
  RawScores(float[] scaled, double[] weights, int d) {
    this.d = d;
    this.scaled = scaled;
    this.large = large(weights);
    this.largeCentroids = rows(scaled, large, d);
    this.largeRows = IntStream.range(0, large.length).filter(j -> large[j]).toArray();
    this.minusLogShare = new double[weights.length];
    double total = Arrays.stream(weights).sum();
    for (int j = 0; j < weights.length; j++) {
      // Half an event for a cluster without weight: its share is small, not zero.
      minusLogShare[j] = -Math.log(Math.max(weights[j], 0.5) / Math.max(total, 1));
    }
  }

  /**
   * The raw score of one point.
   *
   * @param point divided by the scales, {@code [d]} at least
   * @param own row of its nearest centroid
   * @param distances2 to every centroid, {@code [k]} at least
   */
  double raw(float[] point, int own, float[] distances2) {
    int row = own;
    if (!large[own]) {
      float nearest = Float.POSITIVE_INFINITY;
      for (int j = 0; j < large.length; j++) {
        if (large[j] && distances2[j] < nearest) {
          nearest = distances2[j];
          row = j;
        }
      }
    }
    return TAIL * RobustDistance.between(point, 0, scaled, row * d, d) + minusLogShare[own];
  }

  /** Rows of the large clusters, ascending. */
  int[] largeRows() {
    return largeRows.clone();
  }

  /** Minus the logarithm of each cluster's share of the weight {@code [k]}; a copy. */
  double[] minusLogShares() {
    return minusLogShare.clone();
  }

  /**
   * The raw scores of many points.
   *
   * @param points {@code [n * d]} at least, row-major, in feature units
   * @param inverseScales one over the scales, {@code [d]}
   * @param own rows of their nearest centroids, {@code [n]}
   * @param raws receives the scores, {@code [n]}
   */
  void raws(
      AssignmentKernel kernel,
      float[] points,
      int n,
      float[] inverseScales,
      int[] own,
      double[] raws) {
    int odd = 0;
    for (int i = 0; i < n; i++) {
      odd += large[own[i]] ? 0 : 1;
    }
    int[] rows = own;
    if (odd > 0) {
      rows = Arrays.copyOf(own, n);
      int[] nearestLarge = nearestLarge(kernel, points, n, inverseScales, own, odd);
      for (int i = 0, m = 0; i < n; i++) {
        rows[i] = large[own[i]] ? own[i] : largeRows[nearestLarge[m++]];
      }
    }
    kernel.robustDistances(points, n, d, inverseScales, scaled, rows, raws);
    for (int i = 0; i < n; i++) {
      raws[i] = TAIL * raws[i] + minusLogShare[own[i]];
    }
  }

  /** Of the points of small clusters, gathered, the kernel finds the nearest large cluster. */
  private int[] nearestLarge(
      AssignmentKernel kernel, float[] points, int n, float[] inverseScales, int[] own, int odd) {
    float[] gathered = new float[odd * d];
    int m = 0;
    for (int i = 0; i < n; i++) {
      if (!large[own[i]]) {
        System.arraycopy(points, i * d, gathered, m * d, d);
        m++;
      }
    }
    int[] nearest = new int[odd];
    kernel.assignUnscaled(
        gathered, odd, d, inverseScales, largeCentroids, largeRows.length, nearest, new float[odd]);
    return nearest;
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

  private static float[] rows(float[] matrix, boolean[] wanted, int d) {
    float[] rows = new float[matrix.length];
    int count = 0;
    for (int j = 0; j < wanted.length; j++) {
      if (wanted[j]) {
        System.arraycopy(matrix, j * d, rows, count * d, d);
        count++;
      }
    }
    return Arrays.copyOf(rows, count * d);
  }
}
