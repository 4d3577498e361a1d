package io.shoal.kmeans;

import java.util.Arrays;

/**
 * Sums and counts per cluster of one batch: all that an update needs. Statistics of parts of a
 * batch add up to those of the whole.
 */
public final class BatchStatistics {
  private final int k;
  private final int d;
  private final double[] sums;
  private final long[] counts;

  /** Empty statistics of k clusters and d features. */
  public BatchStatistics(int k, int d) {
    this.k = k;
    this.d = d;
    this.sums = new double[k * d];
    this.counts = new long[k];
  }

  /**
   * Adds points from the first on.
   *
   * @param points {@code [n * d]}, row-major, in feature units
   * @param ids row of the nearest centroid per point, {@code [n]}; negative for a point to leave
   *     out
   */
  public void add(AssignmentKernel kernel, float[] points, int n, int[] ids) {
    add(kernel, points, 0, n, ids);
  }

  /** Adds the points {@code from} to {@code to - 1}. */
  public void add(AssignmentKernel kernel, float[] points, int from, int to, int[] ids) {
    kernel.addSums(points, from, to, d, ids, sums, counts);
  }

  /** Adds points, and their squared differences from a place to {@code squares}, {@code [d]}. */
  void addMoments(
      AssignmentKernel kernel,
      float[] points,
      int n,
      int[] ids,
      double[] origin,
      double[] squares) {
    kernel.addMoments(points, 0, n, d, ids, sums, counts, origin, squares);
  }

  /**
   * Adds sums that were taken elsewhere.
   *
   * @param moreSums {@code [k * d]} at least, row-major
   * @param moreCounts {@code [k]} at least
   */
  public void add(double[] moreSums, int[] moreCounts) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += moreSums[i];
    }
    for (int j = 0; j < k; j++) {
      counts[j] += moreCounts[j];
    }
  }

  /**
   * Adds the statistics of another part.
   *
   * @throws IllegalArgumentException when its shape is another
   */
  public void merge(BatchStatistics other) {
    if (other.k != k || other.d != d) {
      throw new IllegalArgumentException(
          "k = " + other.k + ", d = " + other.d + " does not add to k = " + k + ", d = " + d);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.sums[i];
    }
    for (int j = 0; j < k; j++) {
      counts[j] += other.counts[j];
    }
  }

  /** Number of points of a cluster. */
  public long count(int cluster) {
    return counts[cluster];
  }

  /** Number of points. */
  long count() {
    return Arrays.stream(counts).sum();
  }

  /** Sum of one feature over all points. */
  double sum(int feature) {
    double sum = 0;
    for (int i = feature; i < sums.length; i += d) {
      sum += sums[i];
    }
    return sum;
  }

  /** Sum of one feature over a cluster's points. */
  public double sum(int cluster, int feature) {
    return sums[cluster * d + feature];
  }
}
