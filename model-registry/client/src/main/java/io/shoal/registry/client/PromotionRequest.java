package io.shoal.registry.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One person asks for a promotion, another decides.
 *
 * @param fromVersion that the alias named when it was asked; null for none
 * @param decidedBy null while it is pending
 */
public record PromotionRequest(
    long id,
    String model,
    String alias,
    long version,
    @Nullable Long fromVersion,
    State state,
    Instant askedAt,
    String askedBy,
    String askedWhy,
    @Nullable Instant decidedAt,
    @Nullable String decidedBy,
    @Nullable String decidedWhy) {

  /** Where it stands. */
  public enum State {
    /** Nobody has decided. */
    PENDING,
    /** The alias was moved. */
    APPROVED,
    /** Somebody said no. */
    REJECTED
  }
}
