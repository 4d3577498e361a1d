package io.shoal.local.demo;

import org.HdrHistogram.Histogram;

/**
 * End-to-end latency: of the last whole second and of the whole run, three significant digits. For
 * one thread.
 */
final class LatencyMeter {
  private static final long LATENCY_MS_MAX = 3_600_000;
  private static final int DIGITS = 3;
  private static final long INTERVAL_MS = 1_000;

  private final Histogram current = new Histogram(LATENCY_MS_MAX, DIGITS);
  private final Histogram all = new Histogram(LATENCY_MS_MAX, DIGITS);
  private LatencyMs interval = LatencyMs.NONE;
  private long intervalEndMs;

  /** Begins now. */
  LatencyMeter(long nowMs) {
    this.intervalEndMs = nowMs + INTERVAL_MS;
  }

  /** Records one latency. Those of an hour and more count as an hour. */
  void record(long latencyMs) {
    long bounded = Math.min(LATENCY_MS_MAX, Math.max(0, latencyMs));
    current.recordValue(bounded);
    all.recordValue(bounded);
  }

  /** Closes the interval when its second is over; whether it did. */
  boolean roll(long nowMs) {
    if (nowMs < intervalEndMs) {
      return false;
    }
    interval = summary(current);
    current.reset();
    intervalEndMs = nowMs + INTERVAL_MS;
    return true;
  }

  /** Of the last whole second. */
  LatencyMs interval() {
    return interval;
  }

  /** Of the whole run. */
  LatencyMs total() {
    return summary(all);
  }

  private static LatencyMs summary(Histogram histogram) {
    return histogram.getTotalCount() == 0
        ? LatencyMs.NONE
        : new LatencyMs(
            histogram.getTotalCount(),
            histogram.getValueAtPercentile(50),
            histogram.getValueAtPercentile(99),
            histogram.getMaxValue());
  }
}
