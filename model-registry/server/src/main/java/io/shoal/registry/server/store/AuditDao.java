package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Statements on the log, which knows no update and no delete. Sorted by all columns of a key: H2
 * reads the key backwards then, instead of sorting all.
 */
interface AuditDao {
  @SqlUpdate(
      "INSERT INTO audit (changed_at, changed_by, action, model, alias, from_version, to_version,"
          + " reason, hash) VALUES (:changedAt, :changedBy, :action, :model, :alias, :fromVersion,"
          + " :toVersion, :reason, :hash)")
  @GetGeneratedKeys("id")
  long insert(@BindMethods AuditEntry entry);

  @SqlQuery("SELECT " + Rows.AUDIT + " FROM audit ORDER BY id DESC LIMIT 1")
  Optional<AuditEntry> last();

  @SqlQuery("SELECT COALESCE(MAX(id), 0) FROM audit")
  long lastId();

  @SqlQuery(
      "SELECT "
          + Rows.AUDIT
          + " FROM audit WHERE model = :model AND id < :before"
          + " ORDER BY model DESC, id DESC LIMIT :limit")
  List<AuditEntry> page(String model, long before, int limit);

  @SqlQuery(
      "SELECT "
          + Rows.AUDIT
          + " FROM audit WHERE model = :model AND to_version = :version"
          + " UNION SELECT "
          + Rows.AUDIT
          + " FROM audit WHERE model = :model AND from_version = :version"
          + " AND action <> 'REFUSE'"
          + " ORDER BY id LIMIT :limit")
  List<AuditEntry> about(String model, long version, int limit);

  @SqlQuery("SELECT " + Rows.AUDIT + " FROM audit WHERE id > :after ORDER BY id LIMIT :limit")
  List<AuditEntry> after(long after, int limit);

  @SqlQuery("SELECT " + Rows.AUDIT + " FROM audit WHERE id = :id")
  AuditEntry get(long id);

  @SqlQuery(
      "SELECT "
          + Rows.AUDIT
          + " FROM audit WHERE model = :model AND alias = :alias AND changed_at <= :at"
          + " AND action IN ('PROMOTE', 'ROLLBACK', 'UNPIN', 'REMOVE')"
          + " ORDER BY model DESC, alias DESC, changed_at DESC, id DESC LIMIT 1")
  Optional<AuditEntry> deciding(String model, String alias, Instant at);

  /** What an alias named before it came to name this version. */
  @SqlQuery(
      "SELECT from_version FROM audit WHERE model = :model AND alias = :alias"
          + " AND to_version = :version AND from_version <> :version AND action = 'PROMOTE'"
          + " ORDER BY model DESC, alias DESC, changed_at DESC, id DESC LIMIT 1")
  Optional<Long> versionBefore(String model, String alias, long version);
}
