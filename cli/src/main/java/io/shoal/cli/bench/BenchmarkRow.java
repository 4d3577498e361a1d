package io.shoal.cli.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One figure beside its reference, both measured in the same run.
 *
 * @param what was measured
 * @param value measured
 * @param unit of value and reference
 * @param reference value of the peer or limit
 * @param ratio how many times better than the reference; above 1 is better
 * @param bound that the ratio must reach, or null for none
 */
public record BenchmarkRow(
    String what,
    double value,
    String unit,
    double reference,
    double ratio,
    @Nullable Double bound) {

  /** Whether the ratio reaches the bound. */
  @JsonProperty
  public boolean holds() {
    return bound == null || ratio >= bound;
  }
}
