package io.shoal.registry.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the append-only log: who changed what, when and why.
 *
 * @param id grows in the order of the changes
 * @param alias that was or was to be changed; empty where it is not about an alias
 * @param model empty where it is about all of them
 * @param fromVersion null for none
 * @param toVersion null for none
 * @param hash SHA-256 (hex) over the row and the hash of the row before; see {@link #hashAfter}
 */
public record AuditEntry(
    long id,
    Instant changedAt,
    String changedBy,
    Action action,
    String model,
    String alias,
    @Nullable Long fromVersion,
    @Nullable Long toVersion,
    String reason,
    String hash) {

  /** What was done. */
  public enum Action {
    /** An alias was pointed at a version. */
    PROMOTE,
    /** An alias was pointed at the version that it named before. */
    ROLLBACK,
    /** An alias was given back to the automatic policy. */
    UNPIN,
    /** An alias was taken away. */
    REMOVE,
    /** A candidate did not pass the checks or the gates. */
    REFUSE,
    /** Somebody asked for a promotion. */
    ASK,
    /** Somebody said no to it. */
    REJECT,
    /** A version was deleted; without a version, the model. */
    DELETE,
    /**
     * Somebody offered a version, or made a copy or a note of one. What the trainer offers is not
     * logged.
     */
    REGISTER,
    /** Somebody made a model, or brought a deleted one back. */
    CREATE,
    /** A version was described; without a version, the model. */
    DESCRIBE,
    /** A tag of a version was set or deleted; without a version, one of the model. */
    TAG,
    /** A webhook was added. */
    SUBSCRIBE,
    /** A webhook was deleted. */
    UNSUBSCRIBE
  }

  /**
   * The hash that this row must have after a row with that hash: whoever changes, removes or slips
   * in a row breaks the chain from there on.
   *
   * @param previous hash of the row before; empty for the first
   */
  public String hashAfter(String previous) {
    String canonical =
        String.join(
            "\u0000",
            previous,
            changedAt.toString(),
            changedBy,
            action.name(),
            model,
            alias,
            String.valueOf(fromVersion),
            String.valueOf(toVersion),
            reason);
    return Sha256.hex(canonical);
  }
}
