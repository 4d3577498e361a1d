package io.shoal.kmeans.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Sums in double precision, one feature per lane: the same bits as one feature after the other. */
final class Sums {
  static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, Lanes.FLOATS.vectorShape());

  /** As many floats as there are doubles. */
  private static final VectorSpecies<Float> HALVES =
      VectorSpecies.of(
          float.class, VectorShape.forBitSize(Lanes.FLOATS.vectorShape().vectorBitSize() / 2));

  private static final int LANES = DOUBLES.length();

  private Sums() {}

  /** Adds one point to a row of sums. */
  static void add(float[] points, int at, int d, double[] sums, int row) {
    int f = 0;
    for (; f + LANES <= d; f += LANES) {
      DoubleVector.fromArray(DOUBLES, sums, row + f)
          .add(doubles(points, at + f))
          .intoArray(sums, row + f);
    }
    for (; f < d; f++) {
      sums[row + f] += points[at + f];
    }
  }

  /** Adds one point to a row of sums, and its squared differences. */
  static void addMoments(
      float[] points, int at, int d, double[] sums, int row, double[] origin, double[] squares) {
    int f = 0;
    for (; f + LANES <= d; f += LANES) {
      DoubleVector x = doubles(points, at + f);
      DoubleVector.fromArray(DOUBLES, sums, row + f).add(x).intoArray(sums, row + f);
      DoubleVector difference = x.sub(DoubleVector.fromArray(DOUBLES, origin, f));
      difference.fma(difference, DoubleVector.fromArray(DOUBLES, squares, f)).intoArray(squares, f);
    }
    for (; f < d; f++) {
      sums[row + f] += points[at + f];
      double difference = points[at + f] - origin[f];
      squares[f] = Math.fma(difference, difference, squares[f]);
    }
  }

  private static DoubleVector doubles(float[] values, int at) {
    return (DoubleVector)
        FloatVector.fromArray(HALVES, values, at).convertShape(VectorOperators.F2D, DOUBLES, 0);
  }
}
