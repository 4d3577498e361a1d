package io.shoal.features;

import java.time.Duration;

/**
 * The time of a stream of events: the latest event time, except that no single odd event moves it
 * far. An event more than a stride ahead is believed once others follow that are as far ahead, with
 * none between them that is not: a stream that was silent for a week goes on, and one producer with
 * a broken clock does not make a model forget or a store expire.
 */
public final class EventClock {
  private static final long UNSET = Long.MIN_VALUE;

  private final long strideMs;
  private final int confirmations;
  private long nowMs = UNSET;
  private int ahead;
  private long leastAheadMs;

  /** A clock that believes 100 events in a row that are more than a day ahead. */
  public EventClock() {
    this(Duration.ofDays(1), 100);
  }

  /**
   * @param stride how far ahead one event may move the clock
   * @param confirmations events in a row, further ahead than that, that move it nevertheless
   */
  EventClock(Duration stride, int confirmations) {
    this.strideMs = stride.toMillis();
    this.confirmations = confirmations;
  }

  /**
   * Sees an event.
   *
   * @param eventTimeMs milliseconds since 1970-01-01T00:00Z
   * @return the stream's time after it; the first event sets it
   */
  public long advance(long eventTimeMs) {
    if (nowMs == UNSET) {
      nowMs = eventTimeMs;
    } else if (eventTimeMs - strideMs <= nowMs) {
      nowMs = Math.max(nowMs, eventTimeMs);
      ahead = 0;
    } else {
      leastAheadMs = ahead == 0 ? eventTimeMs : Math.min(leastAheadMs, eventTimeMs);
      if (++ahead == confirmations) {
        nowMs = leastAheadMs;
        ahead = 0;
      }
    }
    return nowMs;
  }
}
