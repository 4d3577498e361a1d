package io.shoal.registry.server.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What is still to be announced to sidecars, in the order of the changes. */
public final class Outbox {
  private final Transactions transactions;

  /** The outbox in this database. */
  public Outbox(Jdbi jdbi) {
    this.transactions = new Transactions(jdbi);
  }

  /** The oldest announcement. */
  public Optional<Announcement> first() {
    return first(1).stream().findFirst();
  }

  /** The oldest announcements. */
  public List<Announcement> first(int limit) {
    return transactions.read(h -> h.attach(AliasDao.class).queue(limit));
  }

  /** Forgets announcements up to an id: the brokers have them. */
  public void announced(long id) {
    transactions.write(
        handle -> {
          handle.attach(AliasDao.class).dequeue(id);
          return id;
        });
  }
}
