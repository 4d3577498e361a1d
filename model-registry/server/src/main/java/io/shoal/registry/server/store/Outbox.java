package io.shoal.registry.server.store;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is still to be announced to sidecars, in the order of the changes. */
public final class Outbox {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final Transactions transactions;
  private final Artifacts artifacts;

  Outbox(Jdbi jdbi, Artifacts artifacts) {
    this.transactions = new Transactions(jdbi);
    this.artifacts = artifacts;
  }

  /**
   * The oldest announcement, with its artifact. One whose artifact is damaged is left out when the
   * alias has moved on since.
   *
   * @throws DamagedArtifactException when the artifact is damaged and nothing newer is to be said
   */
  public Optional<Announcement> first() {
    List<Announcement> rows = first(1);
    while (!rows.isEmpty()) {
      Announcement row = rows.get(0);
      try {
        return Optional.of(complete(row));
      } catch (DamagedArtifactException e) {
        if (!superseded(row)) {
          throw e;
        }
        log.warn("{}/{} is not announced: {}", row.model(), row.alias(), e.getMessage());
        announced(row.id());
        rows = first(1);
      }
    }
    return Optional.empty();
  }

  private Announcement complete(Announcement row) {
    Long version = row.version();
    if (version == null || row.objectKey() == null) {
      return row;
    }
    return row.withBody(
        artifacts.bytes(
            row.model(), version, new Artifacts.Stored(null, row.objectKey(), row.sha256())));
  }

  private boolean superseded(Announcement row) {
    return transactions.read(
            h -> h.attach(AliasDao.class).queuedAfter(row.model(), row.alias(), row.id()))
        > 0;
  }

  /** The oldest announcements, without artifacts that lie in an object store. */
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
