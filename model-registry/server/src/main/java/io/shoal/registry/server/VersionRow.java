package io.shoal.registry.server;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version as the registry keeps it.
 *
 * @param state READY or REJECTED
 * @param reason why it was rejected
 * @param pruned whether its artifact is gone
 */
record VersionRow(
    String model,
    long version,
    String jobId,
    long sequence,
    State state,
    @Nullable String reason,
    String checksum,
    String fingerprint,
    Instant createdAt,
    Instant eventTime,
    Instant registeredAt,
    boolean pruned) {

  /** What the checks said. */
  enum State {
    READY,
    REJECTED
  }
}
