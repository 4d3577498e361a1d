package io.shoal.serving;

/**
 * When the records were sent that a sidecar predicts; of others it keeps states and logs vectors
 * alone. So a feature set can catch up beside another, and take over between two records.
 *
 * @param fromMs first record timestamp, milliseconds since 1970
 * @param untilMs record timestamp after the last
 */
record ScoringPeriod(long fromMs, long untilMs) {
  boolean holds(long timestampMs) {
    return fromMs <= timestampMs && timestampMs < untilMs;
  }
}
