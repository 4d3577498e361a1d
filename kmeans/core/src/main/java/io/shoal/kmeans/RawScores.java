package io.shoal.kmeans;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The raw anomaly score: {@code sum_f ln(1 + z_f^2) - ln(share)}, where {@code z} is the difference
 * to the nearest large centroid in units of the scales and {@code share} the own cluster's share of
 * the decayed weight. Large clusters are those that hold the first 90 % of the weight
 * (cluster-based local outlier factor, He, Xu and Deng 2003): a clump of anomalies that has
 * captured a centroid is measured against the traffic of others.
 *
 * <p>Up to constants it is minus the logarithm of the share times a Cauchy density per feature. The
 * plain squared distance would stand for a normal density, under which one feature with a heavy
 * tail outweighs all others together.
 */
final class RawScores {
  private static final double LARGE_SHARE = 0.9;

  /** Times a factor, which is at most the largest float, it is a finite double. */
  private static final double PRODUCT_MAX = 1e260;

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
    return robustDistance(point, row) + minusLogShare[own];
  }

  /** {@code sum_f ln(1 + z_f^2)}, with few logarithms: two products at once do not wait. */
  private double robustDistance(float[] point, int row) {
    int first = row * d;
    double even = 1;
    double odd = 1;
    double sum = 0;
    int f = 0;
    for (; f + 1 < d; f += 2) {
      even *= factor(point[f] - scaled[first + f]);
      odd *= factor(point[f + 1] - scaled[first + f + 1]);
      if (even > PRODUCT_MAX || odd > PRODUCT_MAX) {
        sum += Math.log(even) + Math.log(odd);
        even = 1;
        odd = 1;
      }
    }
    if (f < d) {
      even *= factor(point[f] - scaled[first + f]);
    }
    return sum + Math.log(even) + Math.log(odd);
  }

  /** {@code 1 + z^2}; a square that is no number or past the largest float is the largest float. */
  private static double factor(float z) {
    float square = z * z;
    return 1.0 + (square < Float.MAX_VALUE ? square : Float.MAX_VALUE);
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
    int[] nearestLarge = odd > 0 ? nearestLarge(kernel, points, n, inverseScales, own, odd) : own;
    float[] point = new float[d];
    int m = 0;
    for (int i = 0; i < n; i++) {
      int row = large[own[i]] ? own[i] : largeRows[nearestLarge[m++]];
      for (int f = 0; f < d; f++) {
        point[f] = points[i * d + f] * inverseScales[f];
      }
      raws[i] = robustDistance(point, row) + minusLogShare[own[i]];
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
