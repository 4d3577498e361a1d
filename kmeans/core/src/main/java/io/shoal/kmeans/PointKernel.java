package io.shoal.kmeans;

import java.util.Arrays;

/**
 * Squared distances of one point to many centroids, and the smallest of them: what scoring one
 * transaction at a time lives on. Allocates nothing, thread-safe; every implementation gives the
 * bits of the scalar kernel.
 */
public interface PointKernel {
  /** Centroids are padded to a multiple of this many. */
  int PADDING = 64;

  /** Number of centroids with their padding. */
  static int stride(int k) {
    return (k + PADDING - 1) / PADDING * PADDING;
  }

  /**
   * Centroids as {@link #distances2} wants them.
   *
   * @param centroids {@code [k * d]}, row-major
   * @return {@code [d * stride(k)]}, feature by feature; the padding is no number, and so never
   *     near
   */
  static float[] columns(float[] centroids, int k, int d) {
    int stride = stride(k);
    float[] columns = new float[d * stride];
    Arrays.fill(columns, Float.NaN);
    for (int j = 0; j < k; j++) {
      for (int f = 0; f < d; f++) {
        columns[f * stride + j] = centroids[j * d + f];
      }
    }
    return columns;
  }

  /** Name for logs. */
  String name();

  /**
   * Fills in the squared distances.
   *
   * @param x {@code [d]} at least, divided by the scales
   * @param columns centroids feature by feature, {@code [d * stride]}, divided by the scales
   * @param stride number of centroids rounded up to a multiple of {@link #PADDING}
   * @param d number of features
   * @param distances2 receives the squared distances, {@code [stride]}; {@link Float#MAX_VALUE}
   *     where they overflow and in the padding
   */
  void distances2(float[] x, float[] columns, int stride, int d, float[] distances2);

  /**
   * Finds the nearest centroids, nearest first; a tie goes to the lower row.
   *
   * @param distances2 as {@link #distances2} gave them; changed while this runs
   * @param stride their number with the padding
   * @param count how many to find, at most the number of centroids
   * @param rows receives their rows, {@code [count]} at least
   * @param nearest2 receives their squared distances, {@code [count]} at least
   */
  default void nearest(float[] distances2, int stride, int count, int[] rows, float[] nearest2) {
    for (int i = 0; i < count; i++) {
      int row = smallest(distances2, stride);
      rows[i] = row;
      nearest2[i] = distances2[row];
      distances2[row] = Float.NaN;
    }
    for (int i = 0; i < count; i++) {
      distances2[rows[i]] = nearest2[i];
    }
  }

  /**
   * Row of the smallest number.
   *
   * @param distances2 not negative, {@code [stride]}; NaN is left out, at least one is none
   */
  int smallest(float[] distances2, int stride);
}
