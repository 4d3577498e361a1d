package io.shoal.local.traffic;

/**
 * Random numbers that are the same on every Java: SplitMix64 (Steele, Lea, Flood 2014) and strict
 * mathematics. A stream follows from its seed, purpose and index alone, so that any day can be
 * drawn without those before it.
 */
final class SimulationRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private long state;
  private double spareGaussian = Double.NaN;

  /** The stream of one purpose (a small number) and index (a day, for instance). */
  SimulationRandom(long seed, int purpose, long index) {
    state = mix(mix(mix(seed + GOLDEN_GAMMA) + purpose + GOLDEN_GAMMA) + index + GOLDEN_GAMMA);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (nextLong() >>> 11) * UNIT;
  }

  /** Uniform in [from, to). */
  double uniform(double from, double to) {
    return from + (to - from) * uniform();
  }

  /** Uniform in 0..bound-1. */
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  /** Standard normal, by Marsaglia's polar method (1964). */
  double gaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double value = spareGaussian;
      spareGaussian = Double.NaN;
      return value;
    }
    double x;
    double y;
    double square;
    do {
      x = uniform(-1, 1);
      y = uniform(-1, 1);
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
    spareGaussian = y * factor;
    return x * factor;
  }

  /**
   * Poisson by multiplication of uniforms (Knuth 1969), for small means.
   *
   * @param expMinusMean e to the power of minus the mean
   */
  int poisson(double expMinusMean) {
    int count = 0;
    for (double product = uniform(); product > expMinusMean; product *= uniform()) {
      count++;
    }
    return count;
  }

  private long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  private static long mix(long z) {
    long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
