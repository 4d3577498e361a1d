package io.shoal.registry.server.store;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads, and changes one after the other. Changes are some a second at most, so they take one lock
 * in the database: all instances see them in one order, the log's ids grow in the order of the
 * commits, and of two people who change the same thing one is told.
 */
final class Transactions {
  private final Jdbi jdbi;

  Transactions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  <T> T read(HandleCallback<T, RuntimeException> work) {
    return jdbi.withHandle(work);
  }

  <T> T write(HandleCallback<T, RuntimeException> work) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SELECT name FROM locks WHERE name = 'writes' FOR UPDATE");
          return work.withHandle(handle);
        });
  }
}
