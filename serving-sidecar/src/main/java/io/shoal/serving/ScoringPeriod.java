package io.shoal.serving;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the records were sent that a sidecar predicts; of others it keeps states and logs vectors
 * alone. So a feature set can catch up beside another, and take over between two records.
 *
 * <p>A sidecar predicts from its own takeover until the next one by another application, and never
 * outside of what its configuration allows. Thread-safe; {@link #holds} takes no lock.
 */
final class ScoringPeriod {
  private static final Logger log = LoggerFactory.getLogger(ScoringPeriod.class);

  private final String application;
  private final long firstMs;
  private final long lastMs;
  private final Map<String, Long> takeovers = new ConcurrentHashMap<>();
  private volatile Bounds bounds;

  private record Bounds(long fromMs, long untilMs) {}

  /**
   * @param application that the sidecar is an instance of
   * @param fromMs first record timestamp unless it takes over, milliseconds since 1970; {@link
   *     Long#MAX_VALUE}: it does not predict before it takes over
   * @param untilMs record timestamp after the last
   */
  ScoringPeriod(String application, long fromMs, long untilMs) {
    this.application = application;
    this.firstMs = fromMs;
    this.lastMs = untilMs;
    this.bounds = new Bounds(fromMs, untilMs);
  }

  boolean holds(long timestampMs) {
    Bounds now = bounds;
    return now.fromMs <= timestampMs && timestampMs < now.untilMs;
  }

  /** Whether it is known when this application takes over. */
  boolean hasTakenOver() {
    return takeovers.containsKey(application);
  }

  /** Learns from when on an application predicts; null: it does no more what it announced. */
  synchronized void accept(String by, @Nullable String from) {
    try {
      if (from == null) {
        takeovers.remove(by);
      } else {
        takeovers.put(by, Instant.parse(from).toEpochMilli());
      }
    } catch (DateTimeException e) {
      log.warn("the takeover of {} at '{}' is ignored: that is no time", by, from);
      return;
    }
    long start = takeovers.getOrDefault(application, firstMs);
    long end =
        takeovers.entrySet().stream()
            .filter(other -> !other.getKey().equals(application) && other.getValue() > start)
            .mapToLong(Map.Entry::getValue)
            .min()
            .orElse(lastMs);
    bounds = new Bounds(start, Math.min(end, lastMs));
    log.info("{} predicts from {} on", by, from);
  }
}
