package io.shoal.registry.server.gates;

/**
 * The population stability index: how far one distribution of percentiles is from another, {@code
 * sum over ten bins of (p - q) ln(p / q)}, with empty bins taken for half a point. By custom, below
 * 0.1 nothing has changed, and above 0.25 much has (Siddiqi, Credit Risk Scorecards, 2006).
 */
final class StabilityIndex {
  private static final int BINS = 10;

  private StabilityIndex() {}

  /**
   * @param percentiles in [0, 1]
   * @param others in [0, 1]
   */
  static double between(double[] percentiles, double[] others) {
    double[] p = shares(percentiles);
    double[] q = shares(others);
    double index = 0;
    for (int i = 0; i < BINS; i++) {
      index += (p[i] - q[i]) * Math.log(p[i] / q[i]);
    }
    return index;
  }

  private static double[] shares(double[] percentiles) {
    double[] counts = new double[BINS];
    for (double percentile : percentiles) {
      counts[Math.min(BINS - 1, (int) (percentile * BINS))]++;
    }
    for (int i = 0; i < BINS; i++) {
      counts[i] = Math.max(counts[i], 0.5) / percentiles.length;
    }
    return counts;
  }
}
