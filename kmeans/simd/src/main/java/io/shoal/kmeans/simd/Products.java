package io.shoal.kmeans.simd;

import io.shoal.kmeans.RobustDistance;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link RobustDistance} with its products in the lanes of one vector: the same bits. */
final class Products {
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;
  private static final int LANES = RobustDistance.PRODUCTS;
  private static final int EXPONENT_SHIFT = 52;
  private static final long EXPONENT_BIAS = 1023;
  private static final long MANTISSA_BITS = (1L << EXPONENT_SHIFT) - 1;
  private static final long EXPONENT_OF_ONE = EXPONENT_BIAS << EXPONENT_SHIFT;

  private Products() {}

  static void robustDistances(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int[] rows,
      double[] distances) {
    double[] products = new double[LANES];
    int whole = d - d % LANES;
    for (int i = 0; i < n; i++) {
      int at = i * d;
      int row = rows[i] * d;
      long exponent = products(points, at, whole, inverseScales, centroids, row, products);
      for (int f = whole; f < d; f++) {
        float z = points[at + f] * inverseScales[f] - centroids[row + f];
        products[f - whole] *= RobustDistance.factor(z);
      }
      distances[i] =
          RobustDistance.logarithm(products[0], products[1], products[2], products[3], exponent);
    }
  }

  /** Multiplies the factors of whole vectors; returns the power of two that was put aside. */
  private static long products(
      float[] points,
      int at,
      int whole,
      float[] inverseScales,
      float[] centroids,
      int row,
      double[] products) {
    DoubleVector product = DoubleVector.broadcast(DOUBLES, 1);
    LongVector exponents = LongVector.zero(LongVector.SPECIES_256);
    long bias = 0;
    int f = 0;
    for (int to = Math.min(whole, RobustDistance.BLOCK); f < whole; ) {
      for (; f < to; f += LANES) {
        FloatVector z =
            FloatVector.fromArray(FLOATS, points, at + f)
                .mul(FloatVector.fromArray(FLOATS, inverseScales, f))
                .sub(FloatVector.fromArray(FLOATS, centroids, row + f));
        product = product.mul(factors(z.mul(z)));
      }
      to = Math.min(whole, to + RobustDistance.BLOCK);
      if (f < whole) {
        LongVector bits = product.reinterpretAsLongs();
        exponents = exponents.add(bits.lanewise(VectorOperators.LSHR, EXPONENT_SHIFT));
        bias += LANES * EXPONENT_BIAS;
        product = bits.and(MANTISSA_BITS).or(EXPONENT_OF_ONE).reinterpretAsDoubles();
      }
    }
    product.intoArray(products, 0);
    return bias == 0 ? 0 : exponents.reduceLanes(VectorOperators.ADD) - bias;
  }

  private static DoubleVector factors(FloatVector squares) {
    FloatVector finite =
        FloatVector.broadcast(FLOATS, Float.MAX_VALUE)
            .blend(squares, squares.compare(VectorOperators.LT, Float.MAX_VALUE));
    return ((DoubleVector) finite.convertShape(VectorOperators.F2D, DOUBLES, 0)).add(1);
  }
}
