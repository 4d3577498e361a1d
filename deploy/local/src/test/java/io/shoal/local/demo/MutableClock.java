package io.shoal.local.demo;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test moves. */
final class MutableClock extends Clock implements Ticker {
  private long nowNs = 1_000_000_000_000L;

  void advanceMs(long ms) {
    nowNs += 1_000_000 * ms;
  }

  @Override
  public long nanoTime() {
    return nowNs;
  }

  @Override
  public void park(long nanos) {
    nowNs += nanos;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowNs / 1_000_000);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("no test needs it");
  }
}
