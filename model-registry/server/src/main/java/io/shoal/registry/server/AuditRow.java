package io.shoal.registry.server;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of an alias.
 *
 * @param fromVersion null for the first
 */
record AuditRow(
    long id,
    Instant changedAt,
    String changedBy,
    Action action,
    String model,
    String alias,
    @Nullable Long fromVersion,
    long toVersion,
    String reason) {

  /** What was done. */
  enum Action {
    PROMOTE,
    ROLLBACK,
    UNPIN
  }
}
