package io.shoal.registry.server.store;

import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Says which of several instances on one database takes candidates and announces: who holds this
 * lock, which lapses when it is not renewed. By the database's clock, so that the instances' own
 * need not agree. An instance that stalls and wakes up as the old holder can do no harm: its Kafka
 * producer was fenced by the new one.
 */
public final class ActiveLock {
  private final Jdbi jdbi;
  private final String holder;
  private final Duration term;

  /**
   * A contender.
   *
   * @param holder its name, unique among the instances
   * @param term for which the lock is held without being renewed, in whole seconds
   */
  public ActiveLock(Jdbi jdbi, String holder, Duration term) {
    this.jdbi = jdbi;
    this.holder = holder;
    this.term = term;
  }

  /** Takes or renews the lock; says whether this instance holds it. */
  public boolean hold() {
    return jdbi.inTransaction(
            handle ->
                handle
                    .createUpdate(
                        "UPDATE locks SET holder = :holder,"
                            + " expires_at = CURRENT_TIMESTAMP + CAST(:seconds AS INTEGER) * INTERVAL '1' SECOND"
                            + " WHERE name = 'active'"
                            + " AND (holder IS NULL OR holder = :holder OR expires_at < CURRENT_TIMESTAMP)")
                    .bind("holder", holder)
                    .bind("seconds", term.toSeconds())
                    .execute())
        == 1;
  }

  /** Lets another instance in at once. */
  public void release() {
    jdbi.useTransaction(
        handle ->
            handle
                .createUpdate(
                    "UPDATE locks SET holder = NULL, expires_at = NULL"
                        + " WHERE name = 'active' AND holder = :holder")
                .bind("holder", holder)
                .execute());
  }
}
