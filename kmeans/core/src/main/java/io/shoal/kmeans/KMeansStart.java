package io.shoal.kmeans;

import java.util.Arrays;

/** Where the first centroids of a batch fit stand. */
public enum KMeansStart {
  /** On points drawn far from each other: k-means++ (Arthur and Vassilvitskii 2007). */
  PLUS_PLUS {
    @Override
    float[] centroids(
        float[] points, int n, int d, int k, SplitMix64 random, AssignmentKernel kernel) {
      float[] centroids = new float[k * d];
      float[] newest = new float[d];
      float[] nearest2 = new float[n];
      Arrays.fill(nearest2, Float.MAX_VALUE);
      int[] ids = new int[n];
      float[] distances2 = new float[n];
      int chosen = random.nextInt(n);
      for (int j = 0; j < k; j++) {
        System.arraycopy(points, chosen * d, newest, 0, d);
        System.arraycopy(newest, 0, centroids, j * d, d);
        kernel.assign(points, n, d, newest, 1, ids, distances2);
        for (int i = 0; i < n; i++) {
          nearest2[i] = Math.min(nearest2[i], distances2[i]);
        }
        int next = random.nextIndex(nearest2, n);
        // All points stand on a centroid already: any will do.
        chosen = next >= 0 ? next : random.nextInt(n);
      }
      return centroids;
    }
  },

  /** On points drawn at random, each at most once. */
  RANDOM {
    @Override
    float[] centroids(
        float[] points, int n, int d, int k, SplitMix64 random, AssignmentKernel kernel) {
      int[] order = new int[n];
      Arrays.setAll(order, i -> i);
      float[] centroids = new float[k * d];
      for (int j = 0; j < k; j++) {
        int other = j + random.nextInt(n - j);
        int chosen = order[other];
        order[other] = order[j];
        System.arraycopy(points, chosen * d, centroids, j * d, d);
      }
      return centroids;
    }
  };

  /**
   * The first centroids.
   *
   * @param points scaled, {@code [n * d]}, n at least k
   * @return {@code [k * d]}, scaled; with fewer distinct points than k some centroids are equal
   */
  abstract float[] centroids(
      float[] points, int n, int d, int k, SplitMix64 random, AssignmentKernel kernel);
}
