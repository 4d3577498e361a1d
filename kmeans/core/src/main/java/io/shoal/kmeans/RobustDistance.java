package io.shoal.kmeans;

/**
 * The robust distance {@code sum_f ln(1 + z_f^2)} of two points: a feature with a heavy tail does
 * not outweigh all others together, as it does in a sum of squares.
 *
 * <p>The factors {@code 1 + z^2} are multiplied, and one logarithm is taken in the end: feature
 * {@code f} belongs to product {@code f % PRODUCTS}, and the products are multiplied from the first
 * on. Only where that overflows, which takes features that lie millions of scales away, are there
 * more logarithms. Every kernel does it in this order, and so gives the same bits.
 */
public final class RobustDistance {
  /** How many products there are: the doubles in a vector of 512 bits. */
  public static final int PRODUCTS = 8;

  /** Times a factor, which is at most 2^128, it is a finite double. */
  private static final double LARGE = 0x1p800;

  private RobustDistance() {}

  /**
   * Between a point and a centroid, both divided by the scales.
   *
   * @param points {@code [at + d]} at least
   * @param at where the point begins
   * @param centroids {@code [row + d]} at least
   * @param row where the centroid begins
   */
  public static double between(float[] points, int at, float[] centroids, int row, int d) {
    // In registers, not in an array: one after the other they would wait for each other.
    double p0 = 1;
    double p1 = 1;
    double p2 = 1;
    double p3 = 1;
    double p4 = 1;
    double p5 = 1;
    double p6 = 1;
    double p7 = 1;
    int f = 0;
    for (; f + PRODUCTS <= d; f += PRODUCTS) {
      p0 *= factor(points[at + f] - centroids[row + f]);
      p1 *= factor(points[at + f + 1] - centroids[row + f + 1]);
      p2 *= factor(points[at + f + 2] - centroids[row + f + 2]);
      p3 *= factor(points[at + f + 3] - centroids[row + f + 3]);
      p4 *= factor(points[at + f + 4] - centroids[row + f + 4]);
      p5 *= factor(points[at + f + 5] - centroids[row + f + 5]);
      p6 *= factor(points[at + f + 6] - centroids[row + f + 6]);
      p7 *= factor(points[at + f + 7] - centroids[row + f + 7]);
    }
    p0 *= f < d ? factor(points[at + f] - centroids[row + f]) : 1;
    p1 *= f + 1 < d ? factor(points[at + f + 1] - centroids[row + f + 1]) : 1;
    p2 *= f + 2 < d ? factor(points[at + f + 2] - centroids[row + f + 2]) : 1;
    p3 *= f + 3 < d ? factor(points[at + f + 3] - centroids[row + f + 3]) : 1;
    p4 *= f + 4 < d ? factor(points[at + f + 4] - centroids[row + f + 4]) : 1;
    p5 *= f + 5 < d ? factor(points[at + f + 5] - centroids[row + f + 5]) : 1;
    p6 *= f + 6 < d ? factor(points[at + f + 6] - centroids[row + f + 6]) : 1;
    double all = p0 * p1 * p2 * p3 * p4 * p5 * p6 * p7;
    return all < Double.POSITIVE_INFINITY ? Math.log(all) : far(points, at, centroids, row, d);
  }

  /** {@code 1 + z^2}; a square that is no number or past the largest float is the largest float. */
  public static double factor(float z) {
    float square = z * z;
    return 1.0 + (square < Float.MAX_VALUE ? square : Float.MAX_VALUE);
  }

  /** Where the product of all factors overflows. */
  private static double far(float[] points, int at, float[] centroids, int row, int d) {
    double sum = 0;
    double product = 1;
    for (int f = 0; f < d; f++) {
      product *= factor(points[at + f] - centroids[row + f]);
      if (product > LARGE) {
        sum += Math.log(product);
        product = 1;
      }
    }
    return sum + Math.log(product);
  }
}
