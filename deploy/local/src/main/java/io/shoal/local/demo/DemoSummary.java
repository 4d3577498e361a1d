package io.shoal.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo did, once it is over.
 *
 * @param failure why it ended early; null when it did not
 * @param wallTime from the first transaction sent to the last prediction received
 * @param transactions sent
 * @param firstEventTime of the first transaction; null when none was sent
 * @param lastEventTime of the last transaction; null when none was sent
 * @param labels sent
 * @param predictions received for transactions of this run, duplicates left out
 * @param missing transactions without a prediction
 * @param duplicates predictions beyond the first of a transaction
 * @param foreign predictions for transactions that were sent by others or before this run
 * @param scored predictions with a score
 * @param unscored predictions without one
 * @param alerts predictions with the decision REVIEW
 * @param latency of all predictions
 * @param deadLettersByReason records that could not be used
 * @param lastDeadLetters what was wrong with the newest of them, newest first
 * @param eventsLearned that the trainer learned from
 * @param versions different model versions that predictions carried, each newer than the one before
 * @param modelVersion the newest; null for none
 */
public record DemoSummary(
    @Nullable String failure,
    Duration wallTime,
    long transactions,
    @Nullable Instant firstEventTime,
    @Nullable Instant lastEventTime,
    long labels,
    long predictions,
    long missing,
    long duplicates,
    long foreign,
    long scored,
    long unscored,
    long alerts,
    LatencyMs latency,
    Map<String, Long> deadLettersByReason,
    List<String> lastDeadLetters,
    long eventsLearned,
    long versions,
    @Nullable Long modelVersion) {

  /** Copies the collections. */
  public DemoSummary {
    deadLettersByReason = Map.copyOf(deadLettersByReason);
    lastDeadLetters = List.copyOf(lastDeadLetters);
  }

  /** Whether the run did not fail and every transaction sent got exactly one prediction. */
  public boolean exactlyOnce() {
    return failure == null && missing == 0 && duplicates == 0;
  }

  /** Predictions per second of wall time; 0 when none came. */
  public double predictionsPerSecond() {
    return wallTime.isZero() ? 0 : predictions / (wallTime.toNanos() / 1e9);
  }

  /** Records that could not be used. */
  public long deadLetters() {
    return deadLettersByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The summary as lines for a terminal, 80 columns wide where the reasons are short. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (failure != null) {
      lines.add("FAILED         " + failure);
    }
    lines.add(
        format(
            "transactions   %,d sent in %s, %,.0f/s",
            transactions, seconds(wallTime), predictionsPerSecond()));
    if (firstEventTime != null && lastEventTime != null) {
      lines.add(format("event time     %s to %s", firstEventTime, lastEventTime));
    }
    lines.add(
        format(
            "predictions    %,d (%,d scored, %,d without a model)", predictions, scored, unscored));
    lines.add(
        "exactly once   "
            + (exactlyOnce() ? "yes" : "NO")
            + format(": %,d missing, %,d duplicates", missing, duplicates)
            + (foreign == 0 ? "" : format("; %,d of other transactions", foreign)));
    lines.add(
        format(
            "latency        p50 %,d ms, p99 %,d ms, max %,d ms",
            latency.p50(), latency.p99(), latency.max()));
    lines.add(
        format("model          learned from %,d events, ", eventsLearned)
            + (modelVersion == null
                ? "no version in use yet"
                : format("%,d versions used, now version %d", versions, modelVersion)));
    lines.add(format("alerts         %,d; labels sent %,d", alerts, labels));
    lines.add(format("dead letters   %,d", deadLetters()) + reasons());
    lastDeadLetters.forEach(letter -> lines.add("               " + letter));
    return lines;
  }

  /** {@link #lines} joined. */
  @Override
  public String toString() {
    return String.join(System.lineSeparator(), lines());
  }

  private String reasons() {
    if (deadLettersByReason.isEmpty()) {
      return "";
    }
    return deadLettersByReason.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> format("%s %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String seconds(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60
        ? format("%.1f s", duration.toMillis() / 1e3)
        : format("%d min %d s", seconds / 60, seconds % 60);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
