package io.shoal.benchmarks.kernels;

import java.util.Random;

/** Input of the benchmarks, the same for every run. */
final class Data {
  /** Points of a round: whole batches of {@link #BATCH}. */
  static final int POINTS = 24 * 4_096;

  static final int BATCH = 4_096;

  private Data() {}

  /** Numbers of clusters and features of a name like {@code k64-d32}. */
  static int[] shape(String name) {
    String[] parts = name.split("-", -1);
    return new int[] {
      Integer.parseInt(parts[0].substring(1)), Integer.parseInt(parts[1].substring(1))
    };
  }

  /** Standard normal numbers. */
  static float[] gaussians(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** As scikit-learn's {@code make_blobs}: unit deviation around centres in [-10, 10]. */
  static float[] blobs(long seed, int n, int d, int centres) {
    Random random = new Random(seed);
    double[] places = new double[centres * d];
    for (int i = 0; i < places.length; i++) {
      places[i] = random.nextDouble() * 20 - 10;
    }
    float[] points = new float[n * d];
    for (int i = 0; i < points.length; i++) {
      int centre = i / d % centres;
      points[i] = (float) (places[centre * d + i % d] + random.nextGaussian());
    }
    return points;
  }
}
