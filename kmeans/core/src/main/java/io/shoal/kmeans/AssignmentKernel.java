package io.shoal.kmeans;

/**
 * Finds the nearest centroid of each point. Both sides are already divided by the feature scales,
 * so the metric is plain squared Euclidean distance, {@code sum_f (x_f - c_f)^2}. Implementations
 * are thread-safe.
 */
public interface AssignmentKernel {
  /**
   * Name for logs, metrics and {@link KernelChoice}: {@code scalar}, {@code simd}, {@code opencl}.
   */
  String name();

  /**
   * Assigns the points {@code from} to {@code to - 1} to centroids. On an exact tie the lowest
   * index wins. A distance that overflows is {@link Float#MAX_VALUE}.
   *
   * @param points at least {@code [to * d]}, row-major
   * @param from first point
   * @param to behind the last point
   * @param d number of features
   * @param centroids {@code [k * d]}, row-major
   * @param k number of centroids, at least 1
   * @param ids receives the row of the nearest centroid at {@code [from, to)}
   * @param distances2 receives the squared distance to it at {@code [from, to)}
   */
  void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2);

  /** Assigns {@code n} points from the first on. */
  default void assign(
      float[] points, int n, int d, float[] centroids, int k, int[] ids, float[] distances2) {
    assign(points, 0, n, d, centroids, k, ids, distances2);
  }

  /**
   * Assigns {@code n} points that are still in feature units.
   *
   * @param points at least {@code [n * d]}, row-major
   * @param inverseScales one over the scales, {@code [d]}
   * @param centroids {@code [k * d]}, row-major, divided by the scales
   */
  default void assignUnscaled(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    assign(Scaling.scaled(points, n, inverseScales), n, d, centroids, k, ids, distances2);
  }

  /**
   * Adds points to the sums and counts of their clusters, one after the other.
   *
   * @param points at least {@code [to * d]}, row-major
   * @param ids row of a cluster per point; a point with a negative one is left out
   * @param sums {@code [k * d]}, row-major
   * @param counts {@code [k]}
   */
  default void addSums(
      float[] points, int from, int to, int d, int[] ids, double[] sums, long[] counts) {
    for (int i = from; i < to; i++) {
      int id = ids[i];
      if (id >= 0) {
        counts[id]++;
        for (int f = 0, s = id * d, p = i * d; f < d; f++, s++, p++) {
          sums[s] += points[p];
        }
      }
    }
  }

  /**
   * As {@link #addSums}, and adds the squared differences from a place near the points, where they
   * do not cancel.
   *
   * @param origin {@code [d]}
   * @param squares per feature, {@code [d]}
   */
  default void addMoments(
      float[] points,
      int from,
      int to,
      int d,
      int[] ids,
      double[] sums,
      long[] counts,
      double[] origin,
      double[] squares) {
    addSums(points, from, to, d, ids, sums, counts);
    for (int i = from; i < to; i++) {
      if (ids[i] >= 0) {
        for (int f = 0, p = i * d; f < d; f++, p++) {
          double difference = points[p] - origin[f];
          squares[f] = Math.fma(difference, difference, squares[f]);
        }
      }
    }
  }

  /**
   * Measures how far points lie from centroids by {@link RobustDistance}.
   *
   * @param points at least {@code [n * d]}, row-major, in feature units
   * @param inverseScales one over the scales, {@code [d]}
   * @param centroids {@code [k * d]}, row-major, divided by the scales
   * @param rows row of a centroid per point, {@code [n]}
   * @param distances receives the robust distances, {@code [n]}
   */
  default void robustDistances(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int[] rows,
      double[] distances) {
    float[] point = new float[d];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < d; f++) {
        point[f] = points[i * d + f] * inverseScales[f];
      }
      distances[i] = RobustDistance.between(point, 0, centroids, rows[i] * d, d);
    }
  }

  /**
   * Takes points to where the kernel works, for the many passes of a batch fit.
   *
   * @param points {@code [n * d]}, row-major; must not change until the block is closed
   */
  default ResidentPoints hold(float[] points, int n, int d) {
    return new HostPoints(this, points, n, d, 1);
  }
}
