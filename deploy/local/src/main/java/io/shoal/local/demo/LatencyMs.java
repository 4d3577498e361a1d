package io.shoal.local.demo;

/**
 * End-to-end latency in milliseconds: from the sending of a transaction to the receipt of its
 * prediction. All zero when there was none.
 *
 * @param count predictions measured
 * @param p50 median
 * @param p99 99th percentile
 * @param max largest
 */
public record LatencyMs(long count, long p50, long p99, long max) {
  /** Of no predictions. */
  public static final LatencyMs NONE = new LatencyMs(0, 0, 0, 0);
}
