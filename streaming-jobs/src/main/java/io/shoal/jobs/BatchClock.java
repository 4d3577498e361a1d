package io.shoal.jobs;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What the time of a trainer goes into, in total: waiting for points, assigning them to clusters
 * (the kernel), and updating the model. One thread writes, any reads.
 */
final class BatchClock {
  private static final long NS_PER_MS = 1_000_000;

  private final LongSupplier nanoClock;
  private final LongAdder waitNs = new LongAdder();
  private final LongAdder assignNs = new LongAdder();
  private final LongAdder updateNs = new LongAdder();
  private long lastNs;

  BatchClock(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.lastNs = nanoClock.getAsLong();
  }

  /** A mini-batch is there. */
  void begin() {
    waitNs.add(lap());
  }

  /** Its points are assigned. */
  void assigned() {
    assignNs.add(lap());
  }

  /** The model has learned from it. */
  void end() {
    updateNs.add(lap());
  }

  long waitMs() {
    return waitNs.sum() / NS_PER_MS;
  }

  long assignMs() {
    return assignNs.sum() / NS_PER_MS;
  }

  long updateMs() {
    return updateNs.sum() / NS_PER_MS;
  }

  private long lap() {
    long nowNs = nanoClock.getAsLong();
    long lapNs = nowNs - lastNs;
    lastNs = nowNs;
    return lapNs;
  }
}
