package io.shoal.registry.server;

import io.shoal.registry.server.RegistryException.Code;
import io.shoal.registry.server.VersionRow.State;
import io.shoal.schemas.avro.ModelVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Versions and their aliases in SQL. Each public method is one transaction; a change of an alias,
 * its row in the audit log and its announcement are one.
 */
final class VersionStore {
  /** The alias that decides. */
  static final String CHAMPION = "champion";

  /** Longest reason that a row holds, in characters. */
  static final int REASON_MAX = 2_000;

  private static final String POLICY = "policy:automatic";
  private static final int PRUNE_EVERY = 50;
  private static final String VERSION_COLUMNS =
      "model, version, job_id, sequence, state, reason, checksum, fingerprint, created_at, event_time,"
          + " registered_at, artifact IS NULL AS pruned";

  private final Jdbi jdbi;
  private final Clock clock;
  private final boolean promoteAutomatically;
  private final int retentionVersions;

  VersionStore(Jdbi jdbi, Clock clock, boolean promoteAutomatically, int retentionVersions) {
    this.jdbi = jdbi;
    this.clock = clock;
    this.promoteAutomatically = promoteAutomatically;
    this.retentionVersions = retentionVersions;
  }

  /**
   * Numbers a candidate and, where the policy says so, makes it champion. Taking the same candidate
   * again changes nothing.
   *
   * @param problem why it must not be used, or null when it passed the checks
   * @return the row, new or from before
   */
  VersionRow accept(ModelVersion candidate, byte[] artifact, @Nullable String problem) {
    return jdbi.inTransaction(
        handle -> {
          Optional<VersionRow> before = find(handle, candidate);
          if (before.isPresent()) {
            return before.get();
          }
          VersionRow row = insert(handle, candidate, artifact, problem);
          if (problem == null && promoteAutomatically) {
            Optional<AliasRow> champion = lockAlias(handle, row.model(), CHAMPION);
            if (champion.isEmpty() || !champion.get().pinned()) {
              move(
                  handle,
                  champion,
                  new Move(
                      AuditRow.Action.PROMOTE,
                      row.model(),
                      CHAMPION,
                      row.version(),
                      false,
                      POLICY,
                      "passed the checks"));
            }
          }
          if (row.version() % PRUNE_EVERY == 0) {
            prune(handle, row.model(), row.version() - retentionVersions);
          }
          return row;
        });
  }

  /**
   * Points an alias at a version, by hand: the automatic policy keeps off it from now on.
   *
   * @throws RegistryException when the version does not exist, was rejected or is pruned
   */
  AliasRow promote(String model, String alias, long version, String by, String reason) {
    return jdbi.inTransaction(
        handle ->
            move(
                handle,
                lockAlias(handle, model, alias),
                new Move(AuditRow.Action.PROMOTE, model, alias, version, true, by, reason)));
  }

  /**
   * Points an alias at the version that it named before, and pins it there.
   *
   * @throws RegistryException when there is none before
   */
  AliasRow rollback(String model, String alias, String by, String reason) {
    return jdbi.inTransaction(
        handle -> {
          Optional<AliasRow> now = lockAlias(handle, model, alias);
          long before =
              now.flatMap(row -> versionBefore(handle, row))
                  .orElseThrow(() -> noneBefore(model, alias));
          return move(
              handle,
              now,
              new Move(AuditRow.Action.ROLLBACK, model, alias, before, true, by, reason));
        });
  }

  /** Gives an alias back to the automatic policy. */
  AliasRow unpin(String model, String alias, String by, String reason) {
    return jdbi.inTransaction(
        handle -> {
          AliasRow now =
              lockAlias(handle, model, alias).orElseThrow(() -> unknownAlias(model, alias));
          return move(
              handle,
              Optional.of(now),
              new Move(AuditRow.Action.UNPIN, model, alias, now.version(), false, by, reason));
        });
  }

  List<String> models() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT DISTINCT model FROM versions ORDER BY model")
                .mapTo(String.class)
                .list());
  }

  /** Versions below a number, newest first; none for a model that is not there. */
  List<VersionRow> versions(String model, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + VERSION_COLUMNS
                        + " FROM versions WHERE model = :model AND version < :before"
                        + " ORDER BY version DESC LIMIT :limit")
                .bind("model", model)
                .bind("before", before)
                .bind("limit", limit)
                .map((rows, context) -> version(rows))
                .list());
  }

  /**
   * One version.
   *
   * @throws RegistryException when it does not exist
   */
  VersionRow version(String model, long version) {
    return jdbi.withHandle(handle -> requireVersion(handle, model, version));
  }

  /** The Avro body of a version; empty when it was pruned. */
  Optional<byte[]> artifact(String model, long version) {
    return jdbi.withHandle(
        handle -> {
          requireVersion(handle, model, version);
          return handle
              .createQuery(
                  "SELECT artifact FROM versions WHERE model = :model AND version = :version")
              .bind("model", model)
              .bind("version", version)
              .map((rows, context) -> Optional.ofNullable(rows.getBytes("artifact")))
              .one();
        });
  }

  List<AliasRow> aliases(String model) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT * FROM aliases WHERE model = :model ORDER BY alias")
                .bind("model", model)
                .map((rows, context) -> alias(rows))
                .list());
  }

  /** Changes below an id, newest first. */
  List<AuditRow> audit(String model, long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM audit WHERE model = :model AND id < :before ORDER BY id DESC LIMIT :limit")
                .bind("model", model)
                .bind("before", before)
                .bind("limit", limit)
                .map((rows, context) -> audit(rows))
                .list());
  }

  /** The change that made an alias what it was at a moment: which version decided then. */
  Optional<AuditRow> deciding(String model, String alias, Instant at) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM audit WHERE model = :model AND alias = :alias AND changed_at <= :at"
                        + " ORDER BY id DESC LIMIT 1")
                .bind("model", model)
                .bind("alias", alias)
                .bind("at", utc(at))
                .map((rows, context) -> audit(rows))
                .findOne());
  }

  /** What is still to be announced, oldest first. */
  List<Announcement> outbox(int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT o.*, v.artifact FROM outbox o JOIN versions v"
                        + " ON v.model = o.model AND v.version = o.version ORDER BY o.id LIMIT :limit")
                .bind("limit", limit)
                .map((rows, context) -> announcement(rows))
                .list());
  }

  /** Forgets announcements up to an id: they were made. */
  void announced(long upTo) {
    jdbi.useHandle(
        handle ->
            handle.createUpdate("DELETE FROM outbox WHERE id <= :id").bind("id", upTo).execute());
  }

  /** What is to be done to an alias, by whom and why. */
  private record Move(
      AuditRow.Action action,
      String model,
      String alias,
      long version,
      boolean pinned,
      String by,
      String reason) {}

  private AliasRow move(Handle handle, Optional<AliasRow> before, Move move) {
    VersionRow target = requireVersion(handle, move.model(), move.version());
    if (target.state() == State.REJECTED) {
      throw new RegistryException(
          Code.CONFLICT,
          "version " + move.version() + " was rejected and cannot be promoted: " + target.reason());
    }
    if (target.pruned()) {
      throw new RegistryException(
          Code.CONFLICT,
          "the artifact of version "
              + move.version()
              + " was pruned; raise retention.versions to keep more");
    }
    Instant now = clock.instant();
    String sql =
        before.isPresent()
            ? "UPDATE aliases SET version = :version, pinned = :pinned, changed_at = :now"
                + " WHERE model = :model AND alias = :alias"
            : "INSERT INTO aliases (model, alias, version, pinned, changed_at)"
                + " VALUES (:model, :alias, :version, :pinned, :now)";
    bound(handle.createUpdate(sql), move, now).bind("pinned", move.pinned()).execute();
    bound(
            handle.createUpdate(
                "INSERT INTO audit (changed_at, changed_by, action, model, alias, from_version,"
                    + " to_version, reason)"
                    + " VALUES (:now, :by, :action, :model, :alias, :from, :version, :reason)"),
            move,
            now)
        .bind("by", move.by())
        .bind("action", move.action())
        .bind("from", before.map(AliasRow::version).orElse(null))
        .bind("reason", move.reason())
        .execute();
    bound(
            handle.createUpdate(
                "INSERT INTO outbox (model, alias, version, promoted_at, promoted_by)"
                    + " VALUES (:model, :alias, :version, :now, :by)"),
            move,
            now)
        .bind("by", move.by())
        .execute();
    return new AliasRow(move.model(), move.alias(), move.version(), move.pinned(), now);
  }

  private static Update bound(Update update, Move move, Instant now) {
    return update
        .bind("model", move.model())
        .bind("alias", move.alias())
        .bind("version", move.version())
        .bind("now", utc(now));
  }

  private VersionRow insert(
      Handle handle, ModelVersion candidate, byte[] artifact, @Nullable String problem) {
    long number =
        handle
            .createQuery("SELECT COALESCE(MAX(version), 0) + 1 FROM versions WHERE model = :model")
            .bind("model", candidate.getModelName())
            .mapTo(Long.class)
            .one();
    handle
        .createUpdate(
            "INSERT INTO versions (model, version, job_id, sequence, state, reason, checksum, fingerprint,"
                + " created_at, event_time, registered_at, artifact) VALUES (:model, :version, :job,"
                + " :sequence, :state, :reason, :checksum, :fingerprint, :created, :event, :registered,"
                + " :artifact)")
        .bind("model", candidate.getModelName())
        .bind("version", number)
        .bind("job", candidate.getJobId())
        .bind("sequence", candidate.getSequence())
        .bind("state", problem == null ? State.READY : State.REJECTED)
        .bind("reason", shortened(problem))
        .bind("checksum", candidate.getChecksum())
        .bind("fingerprint", candidate.getFingerprint())
        .bind("created", utc(candidate.getCreatedAt()))
        .bind("event", utc(candidate.getEventTime()))
        .bind("registered", utc(clock.instant()))
        .bind("artifact", artifact)
        .execute();
    return requireVersion(handle, candidate.getModelName(), number);
  }

  private static @Nullable String shortened(@Nullable String reason) {
    return reason == null || reason.length() <= REASON_MAX
        ? reason
        : reason.substring(0, REASON_MAX);
  }

  private static Optional<VersionRow> find(Handle handle, ModelVersion candidate) {
    return handle
        .createQuery(
            "SELECT "
                + VERSION_COLUMNS
                + " FROM versions WHERE model = :model AND job_id = :job AND sequence = :sequence")
        .bind("model", candidate.getModelName())
        .bind("job", candidate.getJobId())
        .bind("sequence", candidate.getSequence())
        .map((rows, context) -> version(rows))
        .findOne();
  }

  private static VersionRow requireVersion(Handle handle, String model, long version) {
    return handle
        .createQuery(
            "SELECT "
                + VERSION_COLUMNS
                + " FROM versions WHERE model = :model AND version = :version")
        .bind("model", model)
        .bind("version", version)
        .map((rows, context) -> version(rows))
        .findOne()
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST,
                    "model '" + model + "' has no version " + version));
  }

  private static Optional<AliasRow> lockAlias(Handle handle, String model, String alias) {
    return handle
        .createQuery("SELECT * FROM aliases WHERE model = :model AND alias = :alias FOR UPDATE")
        .bind("model", model)
        .bind("alias", alias)
        .map((rows, context) -> alias(rows))
        .findOne();
  }

  private static Optional<Long> versionBefore(Handle handle, AliasRow now) {
    return handle
        .createQuery(
            "SELECT from_version FROM audit WHERE model = :model AND alias = :alias"
                + " AND to_version = :version AND from_version <> :version AND action = 'PROMOTE' ORDER BY id DESC LIMIT 1")
        .bind("model", now.model())
        .bind("alias", now.alias())
        .bind("version", now.version())
        .mapTo(Long.class)
        .findOne();
  }

  private static void prune(Handle handle, String model, long upTo) {
    handle
        .createUpdate(
            "UPDATE versions SET artifact = NULL WHERE model = :model AND version <= :upTo"
                + " AND artifact IS NOT NULL"
                + " AND version NOT IN (SELECT version FROM aliases WHERE model = :model)"
                + " AND version NOT IN (SELECT version FROM outbox WHERE model = :model)")
        .bind("model", model)
        .bind("upTo", upTo)
        .execute();
  }

  private static RegistryException noneBefore(String model, String alias) {
    return new RegistryException(
        Code.CONFLICT,
        "alias '" + alias + "' of model '" + model + "' has named no other version before");
  }

  private static RegistryException unknownAlias(String model, String alias) {
    return new RegistryException(
        Code.RESOURCE_DOES_NOT_EXIST, "model '" + model + "' has no alias '" + alias + "'");
  }

  private static VersionRow version(ResultSet rows) throws SQLException {
    return new VersionRow(
        rows.getString("model"),
        rows.getLong("version"),
        rows.getString("job_id"),
        rows.getLong("sequence"),
        State.valueOf(rows.getString("state")),
        rows.getString("reason"),
        rows.getString("checksum"),
        rows.getString("fingerprint"),
        instant(rows, "created_at"),
        instant(rows, "event_time"),
        instant(rows, "registered_at"),
        rows.getBoolean("pruned"));
  }

  private static AliasRow alias(ResultSet rows) throws SQLException {
    return new AliasRow(
        rows.getString("model"),
        rows.getString("alias"),
        rows.getLong("version"),
        rows.getBoolean("pinned"),
        instant(rows, "changed_at"));
  }

  private static AuditRow audit(ResultSet rows) throws SQLException {
    long from = rows.getLong("from_version");
    Long fromVersion = rows.wasNull() ? null : Long.valueOf(from);
    return new AuditRow(
        rows.getLong("id"),
        instant(rows, "changed_at"),
        rows.getString("changed_by"),
        AuditRow.Action.valueOf(rows.getString("action")),
        rows.getString("model"),
        rows.getString("alias"),
        fromVersion,
        rows.getLong("to_version"),
        rows.getString("reason"));
  }

  private static Announcement announcement(ResultSet rows) throws SQLException {
    return new Announcement(
        rows.getLong("id"),
        rows.getString("model"),
        rows.getString("alias"),
        rows.getLong("version"),
        instant(rows, "promoted_at"),
        rows.getString("promoted_by"),
        rows.getBytes("artifact"));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Instant instant(ResultSet rows, String column) throws SQLException {
    Timestamp timestamp = rows.getTimestamp(column);
    return timestamp.toInstant();
  }
}
