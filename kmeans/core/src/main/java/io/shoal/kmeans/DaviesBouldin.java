package io.shoal.kmeans;

import java.util.Arrays;

/**
 * How well clusters are told apart on a sample of points: the index of Davies and Bouldin (1979).
 * With {@code S_i} the mean distance of a cluster's points to its centre and {@code M_ij} the
 * distance of two centres, it is the mean over clusters of {@code max_j (S_i + S_j) / M_ij}. Lower
 * is better: far below 1 the clusters are islands, past 1 they overlap. Clusters without a point in
 * the sample do not count. Centres are the model's, distances those of its scaled features.
 */
public final class DaviesBouldin {
  private DaviesBouldin() {}

  /**
   * The index of a model on a sample.
   *
   * @param points in feature units, {@code [n * d]}, finite
   * @return NaN when fewer than two clusters have points; infinite when two of these are at one
   *     place
   * @throws IllegalArgumentException when the array is shorter than n points
   */
  public static double of(KMeansModelData model, AssignmentKernel kernel, float[] points, int n) {
    int d = model.dimension();
    int k = model.clusters();
    if (n < 0 || (long) n * d > points.length) {
      throw new IllegalArgumentException(n + " points of " + d + " do not fit " + points.length);
    }
    float[] inverseScales = Scaling.inverse(model.scales());
    float[] centres = Scaling.scaled(model.centroids(), k, inverseScales);
    int[] ids = new int[n];
    float[] distances2 = new float[n];
    kernel.assignUnscaled(points, n, d, inverseScales, centres, k, ids, distances2);

    double[] spreads = new double[k];
    int[] counts = new int[k];
    for (int i = 0; i < n; i++) {
      spreads[ids[i]] += Math.sqrt(distances2[i]);
      counts[ids[i]]++;
    }
    int[] filled = filled(counts);
    for (int cluster : filled) {
      spreads[cluster] /= counts[cluster];
    }
    return filled.length < 2 ? Double.NaN : index(filled, spreads, centres, d);
  }

  private static int[] filled(int[] counts) {
    int[] filled = new int[counts.length];
    int size = 0;
    for (int j = 0; j < counts.length; j++) {
      if (counts[j] > 0) {
        filled[size++] = j;
      }
    }
    return Arrays.copyOf(filled, size);
  }

  private static double index(int[] filled, double[] spreads, float[] centres, int d) {
    double[] worst = new double[filled.length];
    for (int i = 0; i < filled.length; i++) {
      for (int j = 0; j < i; j++) {
        double between = distance(centres, filled[i] * d, filled[j] * d, d);
        double overlap = (spreads[filled[i]] + spreads[filled[j]]) / between;
        // Two points at one place: 0 / 0 is an overlap all the same.
        overlap = between == 0 ? Double.POSITIVE_INFINITY : overlap;
        worst[i] = Math.max(worst[i], overlap);
        worst[j] = Math.max(worst[j], overlap);
      }
    }
    double sum = 0;
    for (double overlap : worst) {
      sum += overlap;
    }
    return sum / filled.length;
  }

  private static double distance(float[] centres, int a, int b, int d) {
    double sum = 0;
    for (int f = 0; f < d; f++) {
      double difference = (double) centres[a + f] - centres[b + f];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
