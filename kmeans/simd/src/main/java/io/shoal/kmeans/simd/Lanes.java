package io.shoal.kmeans.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Vectors as wide as this machine has them, and the steps that both kernels take. */
final class Lanes {
  /** Wider ones than 512 bits would not divide the padding of point kernels. */
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() <= FloatVector.SPECIES_512.length()
          ? FloatVector.SPECIES_PREFERRED
          : FloatVector.SPECIES_512;

  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  static final int COUNT = FLOATS.length();

  private Lanes() {}

  /** {@code sum + (x - centre)^2}, rounded once as {@link Math#fma(float, float, float)} does. */
  static FloatVector addSquare(FloatVector x, FloatVector centre, FloatVector sum) {
    FloatVector difference = x.sub(centre);
    return difference.fma(difference, sum);
  }

  /** An overflown distance, or one between infinite values, as the largest number. */
  static FloatVector finite(FloatVector distance2) {
    return FloatVector.broadcast(FLOATS, Float.MAX_VALUE)
        .blend(distance2, distance2.compare(VectorOperators.LT, Float.MAX_VALUE));
  }
}
