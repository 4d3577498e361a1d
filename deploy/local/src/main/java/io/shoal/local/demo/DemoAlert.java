package io.shoal.local.demo;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that Shoal wants a person to look at, and why.
 *
 * @param transactionId of the transaction
 * @param eventTime when it happened
 * @param customerId who paid
 * @param score share of recent traffic that looks less anomalous, in [0, 1]; null when unknown
 * @param risk posterior probability of fraud, in [0, 1]; null until labels came
 * @param reason the sidecar's words; empty when it gave none
 * @param modelVersion that decided; null when unknown
 * @param causes the features that contributed most, largest share first
 */
public record DemoAlert(
    String transactionId,
    Instant eventTime,
    String customerId,
    @Nullable Double score,
    @Nullable Double risk,
    String reason,
    @Nullable Long modelVersion,
    List<Cause> causes) {
  /**
   * One feature's part in an alert.
   *
   * @param feature its name
   * @param value in its own unit
   * @param share of the squared distance, in [0, 1]
   */
  public record Cause(String feature, float value, float share) {}

  /** Copies the list. */
  public DemoAlert {
    causes = List.copyOf(causes);
  }
}
