package io.shoal.registry.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version as the registry keeps it.
 *
 * @param sequence within the job; with {@code jobId} it makes a candidate unique
 * @param reason why it was rejected
 * @param checksum of its numbers; empty for a version whose artifact lies elsewhere
 * @param fingerprint of the feature set it learned from
 * @param registeredAt when the registry numbered it
 * @param updatedAt when something about it was changed last
 * @param pruned whether its artifact is gone
 * @param source where the artifact comes from or lies, when somebody said so
 */
public record RegisteredVersion(
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
    Instant updatedAt,
    boolean pruned,
    String description,
    @Nullable String source) {

  /** Whether a version may be used. */
  public enum State {
    /** It passed the checks. */
    READY,
    /** It is wrong in itself; the reason says how. */
    REJECTED,
    /** Somebody deleted it: its row stays, its artifact is gone. */
    DELETED
  }

  /** Whether its artifact lies outside the registry: nothing that a sidecar could load. */
  public boolean external() {
    return checksum.isEmpty();
  }
}
