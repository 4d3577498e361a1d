package io.shoal.kmeans;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Points in the memory of this process. A pass works on parts that are fixed by the number of
 * points alone and merges them in order, so that its sums do not depend on the number of threads.
 */
final class HostPoints implements ResidentPoints {
  /** Small enough to be still in the cache when the sums are taken. */
  private static final int CHUNK = 2_048;

  private static final int PARTS_MAX = 64;

  private final AssignmentKernel kernel;
  private final float[] points;
  private final int n;
  private final int d;
  private final int partLength;
  private final int parts;
  private final ForkJoinPool pool;
  private final int[] ids;
  private final float[] distances2;

  HostPoints(AssignmentKernel kernel, float[] points, int n, int d, int threads) {
    this.kernel = kernel;
    this.points = points;
    this.n = n;
    this.d = d;
    this.partLength = Math.max(CHUNK, (n + PARTS_MAX - 1) / PARTS_MAX);
    this.parts = (n + partLength - 1) / partLength;
    this.pool = new ForkJoinPool(threads);
    this.ids = new int[n];
    this.distances2 = new float[n];
  }

  @Override
  public double pass(float[] centroids, int k, BatchStatistics statistics) {
    BatchStatistics[] sums = new BatchStatistics[parts];
    double[] inertia = new double[parts];
    pool.submit(
            () ->
                IntStream.range(0, parts)
                    .parallel()
                    .forEach(
                        part -> {
                          sums[part] = new BatchStatistics(k, d);
                          inertia[part] = pass(part, centroids, k, sums[part]);
                        }))
        .join();
    Arrays.stream(sums).forEach(statistics::merge);
    return Arrays.stream(inertia).sum();
  }

  private double pass(int part, float[] centroids, int k, BatchStatistics sums) {
    int end = Math.min(n, (part + 1) * partLength);
    double inertia = 0;
    for (int from = part * partLength; from < end; from += CHUNK) {
      int to = Math.min(end, from + CHUNK);
      kernel.assign(points, from, to, d, centroids, k, ids, distances2);
      sums.add(kernel, points, from, to, ids);
      for (int i = from; i < to; i++) {
        inertia += distances2[i];
      }
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
    pool.shutdown();
  }
}
