package io.shoal.kmeans;

import java.util.Arrays;

/**
 * Chooses the first centroids: k-means++ (Arthur and Vassilvitskii 2007), then a few Lloyd passes.
 */
final class KMeansStart {
  private static final int LLOYD_PASSES = 5;

  private KMeansStart() {}

  /**
   * The first centroids.
   *
   * @param points scaled, {@code [n * d]}, n at least 1
   * @return {@code [k * d]}, scaled; with fewer distinct points than k some centroids are equal
   */
  static float[] centroids(
      float[] points, int n, int d, int k, SplitMix64 random, AssignmentKernel kernel) {
    float[] centroids = plusPlus(points, n, d, k, random);
    int[] ids = new int[n];
    float[] distances2 = new float[n];
    for (int pass = 0; pass < LLOYD_PASSES; pass++) {
      kernel.assign(points, n, d, centroids, k, ids, distances2);
      BatchStatistics statistics = new BatchStatistics(k, d);
      statistics.add(points, n, ids);
      for (int j = 0; j < k; j++) {
        for (int f = 0; f < d && statistics.count(j) > 0; f++) {
          centroids[j * d + f] = (float) (statistics.sum(j, f) / statistics.count(j));
        }
      }
    }
    return centroids;
  }

  private static float[] plusPlus(float[] points, int n, int d, int k, SplitMix64 random) {
    float[] centroids = new float[k * d];
    float[] nearest2 = new float[n];
    Arrays.fill(nearest2, Float.MAX_VALUE);
    int chosen = random.nextInt(n);
    for (int j = 0; j < k; j++) {
      System.arraycopy(points, chosen * d, centroids, j * d, d);
      for (int i = 0; i < n; i++) {
        nearest2[i] =
            Math.min(nearest2[i], RawScores.distance2(points, i * d, centroids, j * d, d));
      }
      int next = random.nextIndex(nearest2, n);
      // All points stand on a centroid already: any will do.
      chosen = next >= 0 ? next : random.nextInt(n);
    }
    return centroids;
  }
}
