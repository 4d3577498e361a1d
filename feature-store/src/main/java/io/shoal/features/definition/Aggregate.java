package io.shoal.features.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the events of each entity, over any of its windows.
 *
 * @param entity name of the entity
 * @param function what of the events
 * @param of the number (for {@code distinct}: the {@link Expression.Field}) that is aggregated;
 *     null where events are counted
 * @param labels whether it is over what labels said of the events
 * @param delay windows end this long before the event at hand
 * @param hop the tail of windows moves in steps of this
 */
public record Aggregate(
    String entity,
    Function function,
    @Nullable Expression of,
    boolean labels,
    Duration delay,
    Duration hop) {

  /** What is computed of the events in a window. */
  public enum Function {
    /** Number of events; over labels, of those that were fraud. */
    COUNT,
    /** Sum; 0 without events. */
    SUM,
    /** Mean; missing without events. */
    MEAN,
    /** Standard deviation (of the population); missing without events. */
    STD,
    /** Smallest; missing without events. */
    MIN,
    /** Largest; missing without events. */
    MAX,
    /** Estimated number of distinct values (HLL). */
    DISTINCT,
    /** Seconds since the first event in the window; missing without events. */
    FIRST_SEEN,
    /** Events per hour of the window; over labels, the share that was fraud. */
    RATE
  }

  String canonical(Duration window) {
    return "%s(%s, %s, %s, window %s, delay %s, hop %s)"
        .formatted(
            function,
            entity,
            labels ? "labels" : "events",
            of == null ? "-" : of.canonical(),
            window,
            delay,
            hop);
  }
}
