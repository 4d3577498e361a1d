package io.shoal.registry.server.gates;

/**
 * The population stability index of percentiles: how far they are from uniform, which is what
 * percentiles of the traffic that a model knows are. {@code sum over ten bins of (p - 0.1) ln(p /
 * 0.1)}, with empty bins taken for half a point. By custom, below 0.1 nothing has changed, and
 * above 0.25 much has (Siddiqi, Credit Risk Scorecards, 2006).
 */
final class StabilityIndex {
  private static final int BINS = 10;

  private StabilityIndex() {}

  /**
   * @param percentiles in [0, 1]
   */
  static double ofPercentiles(double[] percentiles) {
    double[] counts = new double[BINS];
    for (double percentile : percentiles) {
      counts[Math.min(BINS - 1, (int) (percentile * BINS))]++;
    }
    double expected = 1.0 / BINS;
    double index = 0;
    for (double count : counts) {
      double share = Math.max(count, 0.5) / percentiles.length;
      index += (share - expected) * Math.log(share / expected);
    }
    return index;
  }
}
