package io.shoal.local.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo has done so far, for the live view.
 *
 * @param state where the run stands
 * @param running time since the start
 * @param transactions sent
 * @param transactionsExpected bound of {@code transactions}, {@link DemoOptions#NO_LIMIT} for none
 * @param transactionsPerSecond over the last seconds
 * @param eventTime of the last transaction sent; null before the first
 * @param labels sent
 * @param inFlight transactions sent and not yet predicted
 * @param predictions received for transactions of this run
 * @param predictionsPerSecond over the last seconds
 * @param scored of these, with a score
 * @param unscored of these, without one, for there was no model yet
 * @param latency of the last whole second
 * @param latencyTotal of the whole run
 * @param eventsLearned that the trainer learned from
 * @param modelVersion newest version that a prediction carried; null before the first
 * @param modelSwappedInAt when the first prediction of that version came (wall clock)
 * @param alerts predictions with the decision REVIEW
 * @param lastAlerts the newest, newest first, 8 at most
 * @param deadLetters records that could not be used
 * @param deadLettersByReason the same, by reason
 * @param lastDeadLetters messages of the newest, newest first, 4 at most
 */
public record DemoSnapshot(
    DemoState state,
    Duration running,
    long transactions,
    long transactionsExpected,
    double transactionsPerSecond,
    @Nullable Instant eventTime,
    long labels,
    int inFlight,
    long predictions,
    double predictionsPerSecond,
    long scored,
    long unscored,
    LatencyMs latency,
    LatencyMs latencyTotal,
    long eventsLearned,
    @Nullable Long modelVersion,
    @Nullable Instant modelSwappedInAt,
    long alerts,
    List<DemoAlert> lastAlerts,
    long deadLetters,
    Map<String, Long> deadLettersByReason,
    List<String> lastDeadLetters) {}
