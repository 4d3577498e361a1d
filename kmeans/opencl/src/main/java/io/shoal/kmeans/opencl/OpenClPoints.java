package io.shoal.kmeans.opencl;

import io.shoal.kmeans.BatchStatistics;
import io.shoal.kmeans.ResidentPoints;

/** Points in the memory of a device: a pass sends centroids and fetches sums. */
final class OpenClPoints implements ResidentPoints {
  private final DeviceKernel kernel;
  private final int d;
  private final int[] ids;
  private final float[] distances2;

  OpenClPoints(DeviceKernel kernel, float[] points, int n, int d) {
    this.kernel = kernel;
    this.d = d;
    this.ids = new int[n];
    this.distances2 = new float[n];
    kernel.load(points, n, d, ids, distances2);
  }

  @Override
  public double pass(float[] centroids, int k, BatchStatistics statistics) {
    kernel.assign(centroids, k);
    int[] counts = new int[k];
    float[] sums = kernel.sum(counts);
    double[] exact = new double[k * d];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = sums[i];
    }
    statistics.add(exact, counts);
    double inertia = 0;
    for (float distance2 : distances2) {
      inertia += distance2;
    }
    return inertia;
  }

  @Override
  public int[] ids() {
    return ids;
  }

  @Override
  public float[] distances2() {
    return distances2;
  }

  @Override
  public void close() {
    kernel.dispose();
  }
}
