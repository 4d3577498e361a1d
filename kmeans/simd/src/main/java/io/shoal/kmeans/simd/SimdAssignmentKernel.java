package io.shoal.kmeans.simd;

import io.shoal.kmeans.AssignmentKernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Assignment with one centroid per lane: the centroids are transposed once per call, so that any
 * number of features fills the lanes, and four points share each load. Differences are squared as
 * in the scalar kernel (no {@code |x|^2 - 2xc + |c|^2}), so nothing cancels; results differ from it
 * by the rounding of fused multiply-adds alone.
 */
final class SimdAssignmentKernel implements AssignmentKernel {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();
  private static final int BLOCK = 4;

  /** Its squared distance to anything overflows: a lane without a centroid never wins. */
  private static final float NOWHERE = Float.MAX_VALUE;

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public void assign(
      float[] points, int n, int d, float[] centroids, int k, int[] ids, float[] distances2) {
    int padded = (k + LANES - 1) / LANES * LANES;
    float[] lanes = transposed(centroids, k, d, padded);
    int i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
      assignBlock(points, i, d, lanes, padded, ids, distances2);
    }
    for (; i < n; i++) {
      assignOne(points, i, d, lanes, padded, ids, distances2);
    }
  }

  /** {@code [d * padded]}: feature by feature, one centroid per lane. */
  private static float[] transposed(float[] centroids, int k, int d, int padded) {
    float[] lanes = new float[d * padded];
    Arrays.fill(lanes, NOWHERE);
    for (int j = 0; j < k; j++) {
      for (int f = 0; f < d; f++) {
        lanes[f * padded + j] = centroids[j * d + f];
      }
    }
    return lanes;
  }

  private static void assignBlock(
      float[] points, int i, int d, float[] lanes, int padded, int[] ids, float[] distances2) {
    FloatVector best0 = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector best1 = best0;
    FloatVector best2 = best0;
    FloatVector best3 = best0;
    IntVector row0 = IntVector.zero(INTS);
    IntVector row1 = row0;
    IntVector row2 = row0;
    IntVector row3 = row0;
    int at = i * d;
    for (int j = 0; j < padded; j += LANES) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      for (int f = 0, c = j; f < d; f++, c += padded) {
        FloatVector centre = FloatVector.fromArray(FLOATS, lanes, c);
        FloatVector difference0 = centre.sub(points[at + f]);
        FloatVector difference1 = centre.sub(points[at + d + f]);
        FloatVector difference2 = centre.sub(points[at + 2 * d + f]);
        FloatVector difference3 = centre.sub(points[at + 3 * d + f]);
        sum0 = difference0.fma(difference0, sum0);
        sum1 = difference1.fma(difference1, sum1);
        sum2 = difference2.fma(difference2, sum2);
        sum3 = difference3.fma(difference3, sum3);
      }
      VectorMask<Float> nearer0 = sum0.compare(VectorOperators.LT, best0);
      VectorMask<Float> nearer1 = sum1.compare(VectorOperators.LT, best1);
      VectorMask<Float> nearer2 = sum2.compare(VectorOperators.LT, best2);
      VectorMask<Float> nearer3 = sum3.compare(VectorOperators.LT, best3);
      best0 = best0.blend(sum0, nearer0);
      best1 = best1.blend(sum1, nearer1);
      best2 = best2.blend(sum2, nearer2);
      best3 = best3.blend(sum3, nearer3);
      row0 = row0.blend(j, nearer0.cast(INTS));
      row1 = row1.blend(j, nearer1.cast(INTS));
      row2 = row2.blend(j, nearer2.cast(INTS));
      row3 = row3.blend(j, nearer3.cast(INTS));
    }
    settle(best0, row0, i, ids, distances2);
    settle(best1, row1, i + 1, ids, distances2);
    settle(best2, row2, i + 2, ids, distances2);
    settle(best3, row3, i + 3, ids, distances2);
  }

  private static void assignOne(
      float[] points, int i, int d, float[] lanes, int padded, int[] ids, float[] distances2) {
    FloatVector best = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    IntVector row = IntVector.zero(INTS);
    for (int j = 0; j < padded; j += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int f = 0, c = j; f < d; f++, c += padded) {
        FloatVector difference = FloatVector.fromArray(FLOATS, lanes, c).sub(points[i * d + f]);
        sum = difference.fma(difference, sum);
      }
      VectorMask<Float> nearer = sum.compare(VectorOperators.LT, best);
      best = best.blend(sum, nearer);
      row = row.blend(j, nearer.cast(INTS));
    }
    settle(best, row, i, ids, distances2);
  }

  /**
   * The nearest over the lanes; each lane holds its own nearest and the first row of that round.
   */
  private static void settle(
      FloatVector best, IntVector row, int i, int[] ids, float[] distances2) {
    float nearest = best.reduceLanes(VectorOperators.MIN);
    if (nearest == Float.POSITIVE_INFINITY) {
      ids[i] = 0;
      distances2[i] = Float.MAX_VALUE;
      return;
    }
    IntVector rows = row.addIndex(1);
    ids[i] =
        rows.reduceLanes(VectorOperators.MIN, best.compare(VectorOperators.EQ, nearest).cast(INTS));
    distances2[i] = nearest;
  }
}
