package io.shoal.local.traffic;

import io.shoal.schemas.avro.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which labels become known when: a fraud is reported (a chargeback) a fixed delay after it
 * happened, by the event clock; what is legitimate is never reported, as in a live system. Holds
 * the frauds of one delay, and {@link #PENDING_MAX} at most.
 */
public final class LabelSchedule {
  /** Frauds that may wait; beyond, they go unreported. */
  public static final int PENDING_MAX = 1_000_000;

  private static final Logger log = LoggerFactory.getLogger(LabelSchedule.class);
  private static final String SOURCE = "chargeback";

  private final long delayMs;
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong(Pending::knownAtMs));
  private boolean overflowed;

  /** Labels that come this long after the event. */
  public LabelSchedule(Duration delay) {
    this.delayMs = delay.toMillis();
  }

  /** Takes note of a fraud that happened then. */
  public void add(String transactionId, long eventTimeMs) {
    if (pending.size() < PENDING_MAX) {
      pending.add(new Pending(transactionId, eventTimeMs + delayMs));
    } else if (!overflowed) {
      overflowed = true;
      log.warn(
          "more than {} frauds wait for their label; the others go unreported: shorten the delay",
          PENDING_MAX);
    }
  }

  /** The next label that is known by now, earliest first; null when there is none. */
  public @Nullable Label poll(long eventClockMs) {
    Pending next = pending.peek();
    if (next == null || next.knownAtMs > eventClockMs) {
      return null;
    }
    pending.remove();
    return new Label(next.transactionId, true, Instant.ofEpochMilli(next.knownAtMs), SOURCE);
  }

  /** Frauds that wait. */
  public int size() {
    return pending.size();
  }

  private record Pending(String transactionId, long knownAtMs) {}
}
