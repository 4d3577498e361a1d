package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.AuditEntry.Action;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log of changes. Each row carries a hash over itself and the row before; whoever
 * appends also queues what webhooks are to be told, in the same transaction.
 */
public final class AuditLog {
  private static final int VERIFY_BATCH = 1_000;

  private final Transactions transactions;
  private final Clock clock;

  /** The log in this database. */
  public AuditLog(Jdbi jdbi, Clock clock) {
    this.transactions = new Transactions(jdbi);
    this.clock = clock;
  }

  /**
   * What a check of the log found.
   *
   * @param rows that were checked
   * @param brokenAt id of the first row that does not fit the one before; null when all fit
   * @param lastHash of the newest row; kept elsewhere, it shows later whether rows were cut off or
   *     the whole log was written anew
   * @param sealedAt id of the row whose hash is the seal that was kept elsewhere; null when none
   *     was given, or no row has it
   */
  public record Integrity(
      long rows, @Nullable Long brokenAt, String lastHash, @Nullable Long sealedAt) {}

  /** What is to be logged. */
  record Change(
      Action action,
      String model,
      String alias,
      @Nullable Long from,
      @Nullable Long to,
      String by,
      String reason) {

    /** A change of a version, or of the model itself, that moves no alias. */
    static Change of(Action action, String model, @Nullable Long version, Aliases.Reason reason) {
      return new Change(action, model, "", null, version, reason.by(), reason.why());
    }
  }

  /**
   * Appends a row; needs the lock of {@link Transactions#write}. Where the clock went back, the row
   * has the time of the one before: the order of the times is that of the log.
   */
  AuditEntry append(Handle handle, Change change) {
    AuditDao dao = handle.attach(AuditDao.class);
    Optional<AuditEntry> last = dao.last();
    Instant now = now();
    AuditEntry draft =
        new AuditEntry(
            0,
            last.map(AuditEntry::changedAt).filter(now::isBefore).orElse(now),
            change.by(),
            change.action(),
            change.model(),
            change.alias(),
            change.from(),
            change.to(),
            shortened(change.reason()),
            "");
    String hash = draft.hashAfter(last.map(AuditEntry::hash).orElse(""));
    long id = dao.insert(with(draft, 0, hash));
    AuditEntry entry = with(draft, id, hash);
    handle.attach(WebhookDao.class).enqueue(id, entry.model(), entry.changedAt());
    return entry;
  }

  /** The present, as precise as both databases keep it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Changes of a model below an id, newest first. */
  public List<AuditEntry> page(String model, long before, int limit) {
    return transactions.read(h -> h.attach(AuditDao.class).page(model, before, limit));
  }

  /** Changes of all models above an id, oldest first. */
  public List<AuditEntry> after(long id, int limit) {
    return transactions.read(h -> h.attach(AuditDao.class).after(id, limit));
  }

  /** The id of the newest row; 0 for none. */
  public long lastId() {
    return transactions.read(h -> h.attach(AuditDao.class).lastId());
  }

  /** The change that made an alias what it was at a moment: which version decided then. */
  public Optional<AuditEntry> deciding(String model, String alias, Instant at) {
    return transactions.read(h -> h.attach(AuditDao.class).deciding(model, alias, at));
  }

  /** Changes that are about a version, oldest first. */
  public List<AuditEntry> about(String model, long version, int limit) {
    return transactions.read(h -> h.attach(AuditDao.class).about(model, version, limit));
  }

  /**
   * Checks that no row was changed, removed or slipped in.
   *
   * @param seal the hash of a row that was kept elsewhere; null for none
   */
  public Integrity verify(@Nullable String seal) {
    String hash = "";
    Long sealedAt = null;
    long rows = 0;
    long lastId = 0;
    List<AuditEntry> batch = after(0, VERIFY_BATCH);
    while (!batch.isEmpty()) {
      for (AuditEntry entry : batch) {
        // Rows from before the seal have no hash; the chain begins with the first that has one.
        boolean unsealed = hash.isEmpty() && entry.hash().isEmpty();
        if (!unsealed && !entry.hash().equals(entry.hashAfter(hash))) {
          return new Integrity(rows, entry.id(), hash, sealedAt);
        }
        hash = entry.hash();
        if (hash.equals(seal)) {
          sealedAt = entry.id();
        }
        lastId = entry.id();
        rows++;
      }
      batch = after(lastId, VERIFY_BATCH);
    }
    return new Integrity(rows, null, hash, sealedAt);
  }

  /** A reason as long as a row holds. */
  static String shortened(String reason) {
    return reason.length() <= Names.REASON_MAX ? reason : reason.substring(0, Names.REASON_MAX);
  }

  private static AuditEntry with(AuditEntry entry, long id, String hash) {
    return new AuditEntry(
        id,
        entry.changedAt(),
        entry.changedBy(),
        entry.action(),
        entry.model(),
        entry.alias(),
        entry.fromVersion(),
        entry.toVersion(),
        entry.reason(),
        hash);
  }
}
