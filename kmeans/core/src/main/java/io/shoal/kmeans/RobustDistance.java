package io.shoal.kmeans;

/**
 * The robust distance {@code sum_f ln(1 + z_f^2)} of two points: a feature with a heavy tail does
 * not outweigh all others together, as it does in a sum of squares.
 *
 * <p>The factors {@code 1 + z^2} are multiplied, and one logarithm is taken in the end. Feature
 * {@code f} belongs to product {@code f % PRODUCTS}; each {@link #BLOCK} features the products'
 * binary exponents are put aside, so that nothing overflows. Every kernel does it in this order,
 * and so gives the same bits.
 */
public final class RobustDistance {
  /** How many products there are. */
  public static final int PRODUCTS = 4;

  /** Features after which exponents are put aside: seven factors of 2^128 are a finite double. */
  public static final int BLOCK = 6 * PRODUCTS;

  private static final int EXPONENT_SHIFT = 52;
  private static final long EXPONENT_BIAS = 1023;
  private static final long MANTISSA_BITS = (1L << EXPONENT_SHIFT) - 1;
  private static final long EXPONENT_OF_ONE = EXPONENT_BIAS << EXPONENT_SHIFT;
  private static final double LN_2 = Math.log(2);

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
    double p0 = 1;
    double p1 = 1;
    double p2 = 1;
    double p3 = 1;
    long exponent = 0;
    int f = 0;
    for (int to = Math.min(d, BLOCK); f < d; to = Math.min(d, to + BLOCK)) {
      for (; f + PRODUCTS <= to; f += PRODUCTS) {
        p0 *= factor(points[at + f] - centroids[row + f]);
        p1 *= factor(points[at + f + 1] - centroids[row + f + 1]);
        p2 *= factor(points[at + f + 2] - centroids[row + f + 2]);
        p3 *= factor(points[at + f + 3] - centroids[row + f + 3]);
      }
      if (f < to) {
        p0 *= factor(points[at + f] - centroids[row + f]);
        p1 *= f + 1 < to ? factor(points[at + f + 1] - centroids[row + f + 1]) : 1;
        p2 *= f + 2 < to ? factor(points[at + f + 2] - centroids[row + f + 2]) : 1;
        f = to;
      }
      if (f < d) {
        exponent += exponent(p0) + exponent(p1) + exponent(p2) + exponent(p3);
        p0 = mantissa(p0);
        p1 = mantissa(p1);
        p2 = mantissa(p2);
        p3 = mantissa(p3);
      }
    }
    return logarithm(p0, p1, p2, p3, exponent);
  }

  /** {@code 1 + z^2}; a square that is no number or past the largest float is the largest float. */
  public static double factor(float z) {
    float square = z * z;
    return 1.0 + (square < Float.MAX_VALUE ? square : Float.MAX_VALUE);
  }

  /**
   * The logarithm of the products, each at least 1, times a power of two.
   *
   * @param exponent of two
   */
  public static double logarithm(double p0, double p1, double p2, double p3, long exponent) {
    long all = exponent + exponent(p0) + exponent(p1) + exponent(p2) + exponent(p3);
    double mantissas = mantissa(p0) * mantissa(p1) * (mantissa(p2) * mantissa(p3));
    return all * LN_2 + Math.log(mantissas);
  }

  /** Of a number of at least 1. */
  private static long exponent(double value) {
    return (Double.doubleToRawLongBits(value) >>> EXPONENT_SHIFT) - EXPONENT_BIAS;
  }

  private static double mantissa(double value) {
    return Double.longBitsToDouble(
        (Double.doubleToRawLongBits(value) & MANTISSA_BITS) | EXPONENT_OF_ONE);
  }
}
