package io.shoal.kmeans;

/**
 * Points to learn from together.
 *
 * @param points {@code [n * d]} at least, row-major, in feature units, finite
 * @param n number of points; may be 0
 * @param d number of features
 * @param eventTimeMs latest event time in the batch, milliseconds since 1970
 */
public record MiniBatch(float[] points, int n, int d, long eventTimeMs) {
  /**
   * @throws IllegalArgumentException when the array is too short for its shape
   */
  public MiniBatch {
    if (n < 0 || d < 1 || (long) n * d > points.length) {
      throw new IllegalArgumentException(
          "n = " + n + ", d = " + d + " does not fit an array of " + points.length);
    }
  }
}
