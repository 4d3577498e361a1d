package io.shoal.kmeans;

import java.time.Duration;

/**
 * How fast the past is forgotten: after one half-life, what was learned weighs half.
 *
 * @param unit of the length
 * @param length in events or milliseconds of event time; positive, ignored without a unit
 */
public record HalfLife(Unit unit, double length) {
  /** What a half-life is counted in. */
  public enum Unit {
    /** Nothing is forgotten. */
    NONE,
    /** Events learned from. */
    EVENTS,
    /** Milliseconds of event time. */
    EVENT_TIME
  }

  /** Checks the length. */
  public HalfLife {
    if (unit != Unit.NONE && !(length > 0 && length < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a half-life must be positive, not " + length);
    }
  }

  /** Forgets nothing. */
  public static HalfLife none() {
    return new HalfLife(Unit.NONE, 0);
  }

  /** Counted in events. */
  public static HalfLife ofEvents(long events) {
    return new HalfLife(Unit.EVENTS, events);
  }

  /** Counted in event time. */
  public static HalfLife ofEventTime(Duration duration) {
    return new HalfLife(Unit.EVENT_TIME, duration.toMillis());
  }

  /** The factor by which old weights shrink: {@code 2^(-elapsed / length)}. */
  double decay(long events, long elapsedMs) {
    return switch (unit) {
      case NONE -> 1;
      case EVENTS -> Math.exp(-Math.log(2) * events / length);
      case EVENT_TIME -> Math.exp(-Math.log(2) * elapsedMs / length);
    };
  }
}
