package io.shoal.kmeans;

/**
 * Finds the nearest centroid of each point. Both sides are already divided by the feature scales,
 * so the metric is plain squared Euclidean distance. Implementations are thread-safe.
 */
public interface AssignmentKernel {
  /**
   * Name for logs, metrics and {@link KernelChoice}: {@code scalar}, {@code simd}, {@code opencl}.
   */
  String name();

  /**
   * Assigns points to centroids. On an exact tie the lowest index wins.
   *
   * @param points {@code [n * d]}, row-major
   * @param n number of points
   * @param d number of features
   * @param centroids {@code [k * d]}, row-major
   * @param k number of centroids, at least 1
   * @param ids receives the row of the nearest centroid, {@code [n]}
   * @param distances2 receives the squared distance to it, {@code [n]}
   */
  void assign(
      float[] points, int n, int d, float[] centroids, int k, int[] ids, float[] distances2);
}
