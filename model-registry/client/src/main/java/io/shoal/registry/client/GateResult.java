package io.shoal.registry.client;

import org.jspecify.annotations.Nullable;

/**
 * What one gate said of a candidate; kept with the version.
 *
 * @param gate its name
 * @param measured null when it was not measured
 * @param bound that the measured value may not pass
 * @param detail for people
 */
public record GateResult(
    String gate,
    Outcome outcome,
    @Nullable Double measured,
    @Nullable Double bound,
    String detail) {

  /** How it went. */
  public enum Outcome {
    /** The bound holds. */
    PASSED,
    /** It does not; the automatic policy does not promote the version. */
    FAILED,
    /** There was nothing to measure or to compare with. */
    SKIPPED
  }
}
