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
  private final boolean[] large;

  /** Centroids of the large clusters, {@code [larges * d]}, scaled. */
  private final float[] largeCentroids;

  private final double[] minusLogShare;

  /**
   * @param scaled centroids divided by the scales, {@code [k * d]}
   * @param weights decayed number of events, {@code [k]}
   */
  RawScores(float[] scaled, double[] weights, int d) {
    this.d = d;
    this.large = large(weights);
    this.largeCentroids = rows(scaled, large, d);
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
   * @param own row of its nearest centroid
   * @param distances2 to every centroid, {@code [k]} at least
   */
  double raw(int own, float[] distances2) {
    float nearest = distances2[own];
    if (!large[own]) {
      nearest = Float.MAX_VALUE;
      for (int j = 0; j < large.length; j++) {
        if (large[j] && distances2[j] < nearest) {
          nearest = distances2[j];
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

  /**
   * The raw scores of many points.
   *
   * @param points {@code [n * d]} at least, row-major, in feature units
   * @param inverseScales one over the scales, {@code [d]}
   * @param own rows of their nearest centroids, {@code [n]}
   * @param distances2 to those, {@code [n]}
   * @param raws receives the scores, {@code [n]}
   */
  void raws(
      AssignmentKernel kernel,
      float[] points,
      int n,
      float[] inverseScales,
      int[] own,
      float[] distances2,
      double[] raws) {
    int odd = 0;
    for (int i = 0; i < n; i++) {
      raws[i] = distances2[i] + minusLogShare[own[i]];
      odd += large[own[i]] ? 0 : 1;
    }
    if (odd > 0) {
      measureAgainstLarge(kernel, points, n, inverseScales, own, raws, odd);
    }
  }

  /** Points of small clusters, gathered, so that the kernel finds their nearest large cluster. */
  private void measureAgainstLarge(
      AssignmentKernel kernel,
      float[] points,
      int n,
      float[] inverseScales,
      int[] own,
      double[] raws,
      int odd) {
    float[] gathered = new float[odd * d];
    int m = 0;
    for (int i = 0; i < n; i++) {
      if (!large[own[i]]) {
        System.arraycopy(points, i * d, gathered, m * d, d);
        m++;
      }
    }
    float[] nearest2 = new float[odd];
    int larges = largeCentroids.length / d;
    kernel.assignUnscaled(
        gathered, odd, d, inverseScales, largeCentroids, larges, new int[odd], nearest2);
    m = 0;
    for (int i = 0; i < n; i++) {
      if (!large[own[i]]) {
        raws[i] = nearest2[m] + minusLogShare[own[i]];
        m++;
      }
    }
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
