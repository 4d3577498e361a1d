package io.shoal.kmeans;

import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Splits large batches of another kernel over threads. Points do not depend on each other, so the
 * result is the same bit for bit.
 */
final class ParallelAssignmentKernel implements AssignmentKernel {
  /** Below this many multiply-adds, handing work to another thread costs more than it saves. */
  private static final long WORK_MIN = 1L << 22;

  private final AssignmentKernel kernel;
  private final int threads;
  private final ForkJoinPool pool;

  ParallelAssignmentKernel(AssignmentKernel kernel, int threads) {
    this.kernel = kernel;
    this.threads = threads;
    // Its threads are daemons and end when idle: nothing to close.
    this.pool = new ForkJoinPool(threads);
  }

  @Override
  public String name() {
    return kernel.name();
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
    if ((long) (to - from) * d * k < WORK_MIN) {
      kernel.assign(points, from, to, d, centroids, k, ids, distances2);
      return;
    }
    int length = (to - from + threads - 1) / threads;
    pool.submit(
            () ->
                IntStream.range(0, threads)
                    .parallel()
                    .forEach(
                        part -> {
                          int start = Math.min(to, from + part * length);
                          int end = Math.min(to, start + length);
                          kernel.assign(points, start, end, d, centroids, k, ids, distances2);
                        }))
        .join();
  }

  @Override
  public void addSums(
      float[] points, int from, int to, int d, int[] ids, double[] sums, long[] counts) {
    kernel.addSums(points, from, to, d, ids, sums, counts);
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
    kernel.addMoments(points, from, to, d, ids, sums, counts, origin, squares);
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
    kernel.robustDistances(points, n, d, inverseScales, centroids, rows, distances);
  }

  @Override
  public ResidentPoints hold(float[] points, int n, int d) {
    return new HostPoints(kernel, points, n, d, threads);
  }
}
