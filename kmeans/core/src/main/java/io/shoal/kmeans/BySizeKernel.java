package io.shoal.kmeans;

/**
 * A device for batches that are worth the way there, the host for the rest: a launch costs about a
 * millisecond and each point its transfer, in which a vector unit does as much as below. The bounds
 * are reckoned, not measured: no GPU was at hand.
 */
final class BySizeKernel implements AssignmentKernel {
  /** Multiply-adds that the host does in the time of a launch. */
  static final long WORK_MIN = 1L << 25;

  /** Clusters that the host measures in the time in which a point goes over. */
  static final int CLUSTERS_MIN = 16;

  private final AssignmentKernel device;
  private final AssignmentKernel host;

  BySizeKernel(AssignmentKernel device, AssignmentKernel host) {
    this.device = device;
    this.host = host;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    boolean worth = k >= CLUSTERS_MIN && (long) (to - from) * d * k >= WORK_MIN;
    (worth ? device : host).assign(points, from, to, d, centroids, k, ids, distances2);
  }

  @Override
  public void addSums(
      float[] points, int from, int to, int d, int[] ids, double[] sums, long[] counts) {
    host.addSums(points, from, to, d, ids, sums, counts);
  }

  @Override
  public void addMoments(
      float[] points,
      int from,
      int to,
      int d,
      int[] ids,
      double[] sums,
      long[] counts,
      double[] origin,
      double[] squares) {
    host.addMoments(points, from, to, d, ids, sums, counts, origin, squares);
  }

  @Override
  public void robustDistances(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int[] rows,
      double[] distances) {
    host.robustDistances(points, n, d, inverseScales, centroids, rows, distances);
  }

  /** Held points make the way once. */
  @Override
  public ResidentPoints hold(float[] points, int n, int d) {
    return device.hold(points, n, d);
  }
}
