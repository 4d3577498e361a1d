package io.shoal.kmeans.simd;

import io.shoal.kmeans.RobustDistance;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link RobustDistance} with its products in the lanes of one vector or two: the same bits. All
 * arithmetic is on the widest vectors, as everywhere else: on JDK 17 a second width of the same
 * operation makes the compiler box the vectors of both.
 */
final class Products {
  /** Whether all products fit into one vector; else they take two. */
  private static final boolean WIDE = Sums.DOUBLES.length() == RobustDistance.PRODUCTS;

  /** Features at a time. */
  private static final int STEP = Lanes.COUNT;

  private Products() {}

  /** Whether vectors are wide enough for this. */
  static boolean fit() {
    return WIDE || 2 * Sums.DOUBLES.length() == RobustDistance.PRODUCTS;
  }

  static void robustDistances(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int[] rows,
      double[] distances) {
    double[] products = new double[RobustDistance.PRODUCTS];
    int whole = d - d % STEP;
    for (int i = 0; i < n; i++) {
      int at = i * d;
      int row = rows[i] * d;
      multiply(points, at, inverseScales, centroids, row, whole, products);
      for (int f = whole; f < d; f++) {
        float z = points[at + f] * inverseScales[f] - centroids[row + f];
        products[f % RobustDistance.PRODUCTS] *= RobustDistance.factor(z);
      }
      double all = 1;
      for (double product : products) {
        all *= product;
      }
      distances[i] =
          all < Double.POSITIVE_INFINITY
              ? Math.log(all)
              : far(points, at, inverseScales, centroids, row, d);
    }
  }

  /** Of a point whose product overflows. */
  private static double far(
      float[] points, int at, float[] inverseScales, float[] centroids, int row, int d) {
    float[] point = new float[d];
    for (int f = 0; f < d; f++) {
      point[f] = points[at + f] * inverseScales[f];
    }
    return RobustDistance.between(point, 0, centroids, row, d);
  }

  /** The products of the factors of whole vectors. */
  private static void multiply(
      float[] points,
      int at,
      float[] inverseScales,
      float[] centroids,
      int row,
      int whole,
      double[] products) {
    DoubleVector low = DoubleVector.broadcast(Sums.DOUBLES, 1);
    DoubleVector high = low;
    for (int f = 0; f < whole; f += STEP) {
      FloatVector z =
          FloatVector.fromArray(Lanes.FLOATS, points, at + f)
              .mul(FloatVector.fromArray(Lanes.FLOATS, inverseScales, f))
              .sub(FloatVector.fromArray(Lanes.FLOATS, centroids, row + f));
      FloatVector squares = Lanes.finite(z.mul(z));
      low = low.mul(factors(squares, 0));
      if (WIDE) {
        low = low.mul(factors(squares, 1));
      } else {
        high = high.mul(factors(squares, 1));
      }
    }
    low.intoArray(products, 0);
    if (!WIDE) {
      high.intoArray(products, Sums.DOUBLES.length());
    }
  }

  private static DoubleVector factors(FloatVector squares, int part) {
    return ((DoubleVector) squares.convertShape(VectorOperators.F2D, Sums.DOUBLES, part)).add(1);
  }
}
