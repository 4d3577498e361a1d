package io.shoal.kmeans;

import java.util.Arrays;

/** Plain loops over all centroids at a time, a shape that the JIT compiler vectorizes. */
final class ScalarPointKernel implements PointKernel {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void distances2(float[] x, float[] columns, int stride, int d, float[] distances2) {
    Arrays.fill(distances2, 0, stride, 0);
    for (int f = 0; f < d; f++) {
      add(x[f], columns, f * stride, stride, distances2);
    }
    for (int j = 0; j < stride; j++) {
      // Also where infinite minus infinite is no number.
      distances2[j] = distances2[j] < Float.MAX_VALUE ? distances2[j] : Float.MAX_VALUE;
    }
  }

  private static void add(float value, float[] columns, int at, int stride, float[] distances2) {
    for (int j = 0; j < stride; j++) {
      float difference = value - columns[at + j];
      distances2[j] = Math.fma(difference, difference, distances2[j]);
    }
  }

  @Override
  public int smallest(float[] distances2, int stride) {
    int row = 0;
    float smallest = Float.POSITIVE_INFINITY;
    for (int j = 0; j < stride; j++) {
      if (distances2[j] < smallest) {
        smallest = distances2[j];
        row = j;
      }
    }
    return row;
  }
}
