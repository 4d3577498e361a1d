package io.shoal.kmeans.simd;

import io.shoal.kmeans.PointKernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** One centroid per lane; four vectors of centroids stay in registers over all features. */
final class SimdPointKernel implements PointKernel {
  private static final int LANES = Lanes.COUNT;

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public void distances2(float[] x, float[] columns, int stride, int d, float[] distances2) {
    for (int j = 0; j < stride; j += 4 * LANES) {
      FloatVector sum0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      for (int f = 0, c = j; f < d; f++, c += stride) {
        FloatVector value = FloatVector.broadcast(Lanes.FLOATS, x[f]);
        sum0 = Lanes.addSquare(value, FloatVector.fromArray(Lanes.FLOATS, columns, c), sum0);
        sum1 =
            Lanes.addSquare(value, FloatVector.fromArray(Lanes.FLOATS, columns, c + LANES), sum1);
        sum2 =
            Lanes.addSquare(
                value, FloatVector.fromArray(Lanes.FLOATS, columns, c + 2 * LANES), sum2);
        sum3 =
            Lanes.addSquare(
                value, FloatVector.fromArray(Lanes.FLOATS, columns, c + 3 * LANES), sum3);
      }
      Lanes.finite(sum0).intoArray(distances2, j);
      Lanes.finite(sum1).intoArray(distances2, j + LANES);
      Lanes.finite(sum2).intoArray(distances2, j + 2 * LANES);
      Lanes.finite(sum3).intoArray(distances2, j + 3 * LANES);
    }
  }

  /** Of numbers that are not negative, the bits have the same order; those of NaN come last. */
  @Override
  public int smallest(float[] distances2, int stride) {
    IntVector lowest = bits(distances2, 0);
    for (int j = LANES; j < stride; j += LANES) {
      lowest = lowest.min(bits(distances2, j));
    }
    int smallest = lowest.reduceLanes(VectorOperators.MIN);
    int j = 0;
    VectorMask<Integer> found = bits(distances2, 0).compare(VectorOperators.EQ, smallest);
    while (!found.anyTrue()) {
      j += LANES;
      found = bits(distances2, j).compare(VectorOperators.EQ, smallest);
    }
    return j + found.firstTrue();
  }

  private static IntVector bits(float[] distances2, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, distances2, at).reinterpretAsInts();
  }
}
