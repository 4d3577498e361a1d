package io.shoal.kmeans.simd;

import io.shoal.kmeans.AssignmentKernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Assignment with one point per lane: a block of points is transposed, so that any number of
 * features fills the lanes, small ones too, and the nearest centroid is found without looking
 * across lanes. Four vectors of points meet four centroids at a time, all in registers.
 *
 * <p>Each lane adds squared differences in the order of the scalar kernel, so the results are the
 * same bit for bit, whatever the width of the vectors. The usual {@code |x|^2 - 2xc + |c|^2} needs
 * one instruction less per element but cancels where clusters are tight: ADR 0016 has the figures.
 */
final class SimdAssignmentKernel implements AssignmentKernel {
  private static final int LANES = Lanes.COUNT;
  private static final int VECTORS = 4;
  private static final int BLOCK = VECTORS * LANES;

  /** Features that are transposed at a time, so that both sides stay in the first-level cache. */
  private static final int TILE = 64;

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    float[] ones = new float[d];
    Arrays.fill(ones, 1);
    assign(points, from, to, d, ones, centroids, k, ids, distances2);
  }

  @Override
  public void assignUnscaled(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    assign(points, 0, n, d, inverseScales, centroids, k, ids, distances2);
  }

  private static void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] factors,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    float[] block = new float[BLOCK * d];
    int i = from;
    for (; i + BLOCK <= to; i += BLOCK) {
      transpose(points, i * d, BLOCK, d, factors, block, BLOCK);
      assignBlock(block, d, centroids, k, i, ids, distances2);
    }
    int[] fewIds = new int[LANES];
    float[] fewDistances2 = new float[LANES];
    for (; i < to; i += LANES) {
      int count = Math.min(LANES, to - i);
      transpose(points, i * d, count, d, factors, block, LANES);
      assignFew(block, d, centroids, k, fewIds, fewDistances2);
      System.arraycopy(fewIds, 0, ids, i, count);
      System.arraycopy(fewDistances2, 0, distances2, i, count);
    }
  }

  @Override
  public void addSums(
      float[] points, int from, int to, int d, int[] ids, double[] sums, long[] counts) {
    for (int i = from; i < to; i++) {
      if (ids[i] >= 0) {
        counts[ids[i]]++;
        Sums.add(points, i * d, d, sums, ids[i] * d);
      }
    }
  }

  @Override
  public void addMoments(
      float[] points,
      int from,
      int to,
      int d,
      int[] ids,
      double[] sums,
      long[] counts,
      double[] origin,
      double[] squares) {
    for (int i = from; i < to; i++) {
      if (ids[i] >= 0) {
        counts[ids[i]]++;
        Sums.addMoments(points, i * d, d, sums, ids[i] * d, origin, squares);
      }
    }
  }

  @Override
  public void robustDistances(
      float[] points,
      int n,
      int d,
      float[] inverseScales,
      float[] centroids,
      int[] rows,
      double[] distances) {
    if (Products.fit()) {
      Products.robustDistances(points, n, d, inverseScales, centroids, rows, distances);
    } else {
      AssignmentKernel.super.robustDistances(
          points, n, d, inverseScales, centroids, rows, distances);
    }
  }

  /**
   * Feature by feature into {@code [d * width]}, times the factors {@code [d]}.
   *
   * @param count points, at most {@code width}; what is left in other lanes is not looked at
   */
  private static void transpose(
      float[] points, int at, int count, int d, float[] factors, float[] block, int width) {
    for (int first = 0; first < d; first += TILE) {
      int end = Math.min(d, first + TILE);
      for (int p = 0; p < count; p++) {
        for (int f = first, to = first * width + p; f < end; f++, to += width) {
          block[to] = points[at + p * d + f] * factors[f];
        }
      }
    }
  }

  /**
   * Nearest centroids of {@link #BLOCK} points. Behind the last centroid it is taken again: what is
   * not nearer changes nothing. Long, for 16 sums must be in registers at once.
   */
  private static void assignBlock(
      float[] block, int d, float[] centroids, int k, int at, int[] ids, float[] distances2) {
    FloatVector best0 = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
    FloatVector best1 = best0;
    FloatVector best2 = best0;
    FloatVector best3 = best0;
    IntVector row0 = IntVector.zero(Lanes.INTS);
    IntVector row1 = row0;
    IntVector row2 = row0;
    IntVector row3 = row0;
    for (int j = 0; j < k; j += 4) {
      int jb = Math.min(j + 1, k - 1);
      int jc = Math.min(j + 2, k - 1);
      int je = Math.min(j + 3, k - 1);
      int a = j * d;
      int b = jb * d;
      int c = jc * d;
      int e = je * d;
      FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      FloatVector c0 = a0;
      FloatVector c1 = a0;
      FloatVector c2 = a0;
      FloatVector c3 = a0;
      FloatVector e0 = a0;
      FloatVector e1 = a0;
      FloatVector e2 = a0;
      FloatVector e3 = a0;
      for (int f = 0, p = 0; f < d; f++, p += BLOCK) {
        FloatVector x0 = FloatVector.fromArray(Lanes.FLOATS, block, p);
        FloatVector x1 = FloatVector.fromArray(Lanes.FLOATS, block, p + LANES);
        FloatVector x2 = FloatVector.fromArray(Lanes.FLOATS, block, p + 2 * LANES);
        FloatVector x3 = FloatVector.fromArray(Lanes.FLOATS, block, p + 3 * LANES);
        FloatVector centre = FloatVector.broadcast(Lanes.FLOATS, centroids[a + f]);
        a0 = Lanes.addSquare(x0, centre, a0);
        a1 = Lanes.addSquare(x1, centre, a1);
        a2 = Lanes.addSquare(x2, centre, a2);
        a3 = Lanes.addSquare(x3, centre, a3);
        centre = FloatVector.broadcast(Lanes.FLOATS, centroids[b + f]);
        b0 = Lanes.addSquare(x0, centre, b0);
        b1 = Lanes.addSquare(x1, centre, b1);
        b2 = Lanes.addSquare(x2, centre, b2);
        b3 = Lanes.addSquare(x3, centre, b3);
        centre = FloatVector.broadcast(Lanes.FLOATS, centroids[c + f]);
        c0 = Lanes.addSquare(x0, centre, c0);
        c1 = Lanes.addSquare(x1, centre, c1);
        c2 = Lanes.addSquare(x2, centre, c2);
        c3 = Lanes.addSquare(x3, centre, c3);
        centre = FloatVector.broadcast(Lanes.FLOATS, centroids[e + f]);
        e0 = Lanes.addSquare(x0, centre, e0);
        e1 = Lanes.addSquare(x1, centre, e1);
        e2 = Lanes.addSquare(x2, centre, e2);
        e3 = Lanes.addSquare(x3, centre, e3);
      }
      VectorMask<Float> nearer = a0.compare(VectorOperators.LT, best0);
      best0 = best0.blend(a0, nearer);
      row0 = row0.blend(j, nearer.cast(Lanes.INTS));
      nearer = a1.compare(VectorOperators.LT, best1);
      best1 = best1.blend(a1, nearer);
      row1 = row1.blend(j, nearer.cast(Lanes.INTS));
      nearer = a2.compare(VectorOperators.LT, best2);
      best2 = best2.blend(a2, nearer);
      row2 = row2.blend(j, nearer.cast(Lanes.INTS));
      nearer = a3.compare(VectorOperators.LT, best3);
      best3 = best3.blend(a3, nearer);
      row3 = row3.blend(j, nearer.cast(Lanes.INTS));
      nearer = b0.compare(VectorOperators.LT, best0);
      best0 = best0.blend(b0, nearer);
      row0 = row0.blend(jb, nearer.cast(Lanes.INTS));
      nearer = b1.compare(VectorOperators.LT, best1);
      best1 = best1.blend(b1, nearer);
      row1 = row1.blend(jb, nearer.cast(Lanes.INTS));
      nearer = b2.compare(VectorOperators.LT, best2);
      best2 = best2.blend(b2, nearer);
      row2 = row2.blend(jb, nearer.cast(Lanes.INTS));
      nearer = b3.compare(VectorOperators.LT, best3);
      best3 = best3.blend(b3, nearer);
      row3 = row3.blend(jb, nearer.cast(Lanes.INTS));
      nearer = c0.compare(VectorOperators.LT, best0);
      best0 = best0.blend(c0, nearer);
      row0 = row0.blend(jc, nearer.cast(Lanes.INTS));
      nearer = c1.compare(VectorOperators.LT, best1);
      best1 = best1.blend(c1, nearer);
      row1 = row1.blend(jc, nearer.cast(Lanes.INTS));
      nearer = c2.compare(VectorOperators.LT, best2);
      best2 = best2.blend(c2, nearer);
      row2 = row2.blend(jc, nearer.cast(Lanes.INTS));
      nearer = c3.compare(VectorOperators.LT, best3);
      best3 = best3.blend(c3, nearer);
      row3 = row3.blend(jc, nearer.cast(Lanes.INTS));
      nearer = e0.compare(VectorOperators.LT, best0);
      best0 = best0.blend(e0, nearer);
      row0 = row0.blend(je, nearer.cast(Lanes.INTS));
      nearer = e1.compare(VectorOperators.LT, best1);
      best1 = best1.blend(e1, nearer);
      row1 = row1.blend(je, nearer.cast(Lanes.INTS));
      nearer = e2.compare(VectorOperators.LT, best2);
      best2 = best2.blend(e2, nearer);
      row2 = row2.blend(je, nearer.cast(Lanes.INTS));
      nearer = e3.compare(VectorOperators.LT, best3);
      best3 = best3.blend(e3, nearer);
      row3 = row3.blend(je, nearer.cast(Lanes.INTS));
    }
    row0.intoArray(ids, at);
    row1.intoArray(ids, at + LANES);
    row2.intoArray(ids, at + 2 * LANES);
    row3.intoArray(ids, at + 3 * LANES);
    Lanes.finite(best0).intoArray(distances2, at);
    Lanes.finite(best1).intoArray(distances2, at + LANES);
    Lanes.finite(best2).intoArray(distances2, at + 2 * LANES);
    Lanes.finite(best3).intoArray(distances2, at + 3 * LANES);
  }

  /** Nearest centroids of {@link #LANES} points. */
  private static void assignFew(
      float[] block, int d, float[] centroids, int k, int[] ids, float[] distances2) {
    FloatVector best = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
    IntVector row = IntVector.zero(Lanes.INTS);
    for (int j = 0; j < k; j++) {
      FloatVector sum = FloatVector.zero(Lanes.FLOATS);
      for (int f = 0, c = j * d, p = 0; f < d; f++, c++, p += LANES) {
        FloatVector x = FloatVector.fromArray(Lanes.FLOATS, block, p);
        sum = Lanes.addSquare(x, FloatVector.broadcast(Lanes.FLOATS, centroids[c]), sum);
      }
      VectorMask<Float> nearer = sum.compare(VectorOperators.LT, best);
      best = best.blend(sum, nearer);
      row = row.blend(j, nearer.cast(Lanes.INTS));
    }
    row.intoArray(ids, 0);
    Lanes.finite(best).intoArray(distances2, 0);
  }
}
