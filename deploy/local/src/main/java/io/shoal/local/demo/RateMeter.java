package io.shoal.local.demo;

/** The rate at which a count grows, over the last three seconds. One thread feeds it, any reads. */
final class RateMeter {
  private static final long SAMPLE_INTERVAL_MS = 250;
  private static final int SAMPLES = 12;

  private final long[] timesMs = new long[SAMPLES];
  private final long[] counts = new long[SAMPLES];
  private int samples;
  private volatile double perSecond;

  /** Takes note of the count at this time. */
  void sample(long nowMs, long count) {
    int newest = (samples + SAMPLES - 1) % SAMPLES;
    if (samples > 0 && nowMs - timesMs[newest] < SAMPLE_INTERVAL_MS) {
      return;
    }
    int oldest = samples < SAMPLES ? 0 : samples % SAMPLES;
    if (samples > 0) {
      perSecond = 1e3 * (count - counts[oldest]) / (nowMs - timesMs[oldest]);
    }
    timesMs[samples % SAMPLES] = nowMs;
    counts[samples % SAMPLES] = count;
    samples++;
  }

  /** Per second; 0 before there is anything to tell. */
  double perSecond() {
    return perSecond;
  }
}
