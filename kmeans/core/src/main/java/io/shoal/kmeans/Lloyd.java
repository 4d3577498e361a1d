package io.shoal.kmeans;

/** Lloyd's algorithm (1982) from given centroids: assign, take means, again. */
final class Lloyd {
  private final float[] points;
  private final int n;
  private final int d;
  private final int k;
  private final ResidentPoints resident;

  /**
   * @param points scaled, {@code [n * d]}, row-major; the same as {@code resident} holds
   */
  Lloyd(float[] points, int n, int d, int k, ResidentPoints resident) {
    this.points = points;
    this.n = n;
    this.d = d;
    this.k = k;
    this.resident = resident;
  }

  /**
   * What a run came to; the block's ids and distances are those of the centroids.
   *
   * @param iterations updates of the centroids
   * @param converged whether the last one moved them by no more than the tolerance
   */
  record Result(
      float[] centroids, long[] counts, double inertia, int iterations, boolean converged) {}

  /**
   * Runs.
   *
   * @param centroids {@code [k * d]}, scaled; overwritten
   * @param shift2Max bound of the sum of the centroids' squared movements, in squared scaled units
   */
  Result run(float[] centroids, int maxIterations, double shift2Max) {
    int iterations = 0;
    boolean converged = false;
    BatchStatistics statistics = new BatchStatistics(k, d);
    double inertia = resident.pass(centroids, k, statistics);
    while (!converged && iterations < maxIterations) {
      double shift2 = update(centroids, statistics);
      iterations++;
      converged = shift2 <= shift2Max;
      if (shift2 > 0) {
        statistics = new BatchStatistics(k, d);
        inertia = resident.pass(centroids, k, statistics);
      }
    }
    long[] counts = new long[k];
    for (int j = 0; j < k; j++) {
      counts[j] = statistics.count(j);
    }
    return new Result(centroids, counts, inertia, iterations, converged);
  }

  /** Moves each centroid to the mean of its points; returns the sum of squared movements. */
  private double update(float[] centroids, BatchStatistics statistics) {
    double shift2 = 0;
    for (int j = 0; j < k; j++) {
      if (statistics.count(j) == 0) {
        shift2 += moveToFarthestPoint(centroids, j);
        continue;
      }
      for (int f = 0; f < d; f++) {
        float mean = (float) (statistics.sum(j, f) / statistics.count(j));
        shift2 += square((double) mean - centroids[j * d + f]);
        centroids[j * d + f] = mean;
      }
    }
    return shift2;
  }

  /** An empty cluster takes the point that fits worst; none twice. */
  private double moveToFarthestPoint(float[] centroids, int cluster) {
    float[] distances2 = resident.distances2();
    int farthest = 0;
    for (int i = 1; i < n; i++) {
      farthest = distances2[i] > distances2[farthest] ? i : farthest;
    }
    if (distances2[farthest] <= 0) {
      return 0;
    }
    distances2[farthest] = 0;
    double shift2 = 0;
    for (int f = 0; f < d; f++) {
      float value = points[farthest * d + f];
      shift2 += square((double) value - centroids[cluster * d + f]);
      centroids[cluster * d + f] = value;
    }
    return shift2;
  }

  private static double square(double value) {
    return value * value;
  }
}
