package io.shoal.local.demo;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came back from the pipeline up to some moment; see {@link DemoSnapshot} for the fields that
 * bear the same names.
 *
 * @param refused transactions of this run that the pipeline sent to the dead letters
 * @param lastMs when the last prediction of this run came (wall clock); 0 before the first
 */
record Answers(
    long predictions,
    long duplicates,
    long foreign,
    long refused,
    long scored,
    long unscored,
    long alerts,
    List<DemoAlert> lastAlerts,
    LatencyMs latency,
    LatencyMs latencyTotal,
    long versions,
    @Nullable Long modelVersion,
    @Nullable Instant modelSwappedInAt,
    long deadLetters,
    Map<String, Long> deadLettersByReason,
    List<String> lastDeadLetters,
    long lastMs) {
  /** Nothing yet. */
  static final Answers NONE =
      new Answers(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          LatencyMs.NONE,
          LatencyMs.NONE,
          0,
          null,
          null,
          0,
          Map.of(),
          List.of(),
          0);
}
