package io.shoal.kmeans;

/**
 * Points that stay where a kernel works (the memory of a device, or here), so that each pass of a
 * batch fit moves centroids and sums only.
 */
public interface ResidentPoints extends AutoCloseable {
  /**
   * One pass of Lloyd's algorithm: assigns every point and adds it to the statistics.
   *
   * @param centroids {@code [k * d]}, row-major
   * @param statistics receives the sums and counts per cluster
   * @return the inertia: sum of the squared distances to the nearest centroids
   */
  double pass(float[] centroids, int k, BatchStatistics statistics);

  /** Row of the nearest centroid per point of the last pass, {@code [n]}; valid until the next. */
  int[] ids();

  /** Squared distance per point of the last pass, {@code [n]}; valid until the next. */
  float[] distances2();

  @Override
  void close();
}
