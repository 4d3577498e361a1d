package io.shoal.local.demo;

/**
 * Spreads sends evenly over time. Waits are a millisecond at least, so that a high rate comes in
 * small bursts and not in a wake-up per record; time lost is caught up for a tenth of a second at
 * most.
 */
public final class Pace {
  private static final long WAIT_NS_MIN = 1_000_000;
  private static final long WAIT_NS_MAX = 100_000_000;
  private static final long CATCH_UP_NS_MAX = 100_000_000;

  private final Ticker ticker;
  private final double intervalNs;
  private final long originNs;

  /** When the next send is due, since the origin; a fraction, so that no rate is rounded. */
  private double dueNs;

  /**
   * @param perSecond sends per second; infinity for no waiting
   */
  public Pace(double perSecond, Ticker ticker) {
    this.ticker = ticker;
    this.intervalNs = 1e9 / perSecond;
    this.originNs = ticker.nanoTime();
  }

  /** Whether the next send is due; waits a while when it is not, a tenth of a second at most. */
  public boolean due() {
    if (intervalNs == 0) {
      return true;
    }
    double nowNs = ticker.nanoTime() - originNs;
    if (nowNs < dueNs) {
      ticker.park((long) Math.min(WAIT_NS_MAX, Math.max(WAIT_NS_MIN, dueNs - nowNs)));
      return false;
    }
    dueNs = Math.max(dueNs + intervalNs, nowNs - CATCH_UP_NS_MAX);
    return true;
  }
}
