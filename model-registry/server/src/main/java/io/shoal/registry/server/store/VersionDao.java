package io.shoal.registry.server.store;

import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.RegisteredVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on versions, their artifacts and gates. */
interface VersionDao {
  @SqlUpdate(
      "INSERT INTO versions (model, version, job_id, sequence, state, reason, checksum, fingerprint,"
          + " created_at, event_time, registered_at, updated_at, pruned, description, source)"
          + " VALUES (:model, :version, :jobId, :sequence, :state, :reason, :checksum, :fingerprint,"
          + " :createdAt, :eventTime, :registeredAt, :updatedAt, :pruned, :description, :source)")
  void insert(@BindMethods RegisteredVersion version);

  @SqlBatch(
      "INSERT INTO gates (model, version, gate, outcome, measured, bound, detail)"
          + " VALUES (:model, :version, :gate, :outcome, :measured, :bound, :detail)")
  void insertGates(String model, long version, @BindMethods List<GateResult> results);

  @SqlQuery(
      "SELECT "
          + Rows.VERSION
          + " FROM versions WHERE model = :model AND job_id = :jobId AND sequence = :sequence")
  Optional<RegisteredVersion> findCandidate(String model, String jobId, long sequence);

  @SqlUpdate(
      "UPDATE versions SET description = :description, updated_at = :now"
          + " WHERE model = :model AND version = :version")
  void describe(String model, long version, String description, Instant now);

  @SqlUpdate("UPDATE versions SET updated_at = :now WHERE model = :model AND version = :version")
  void touch(String model, long version, Instant now);

  @SqlUpdate(
      "UPDATE versions SET state = 'DELETED', pruned = TRUE, updated_at = :now"
          + " WHERE model = :model AND version = :version")
  void delete(String model, long version, Instant now);

  /** Old versions with an artifact that nobody needs: no alias, no announcement, no rollback. */
  @SqlQuery(
      "SELECT version FROM artifacts WHERE model = :model AND version <= :upTo"
          + " AND version NOT IN (SELECT version FROM aliases WHERE model = :model)"
          + " AND version NOT IN"
          + " (SELECT version FROM outbox WHERE model = :model AND version IS NOT NULL)"
          + " AND version NOT IN (SELECT to_version FROM (SELECT to_version FROM audit"
          + " WHERE model = :model AND action IN ('PROMOTE', 'ROLLBACK')"
          + " ORDER BY model DESC, id DESC LIMIT :recentMoves) recent)")
  List<Long> prunable(String model, long upTo, int recentMoves);

  @SqlUpdate("UPDATE versions SET pruned = TRUE WHERE model = :model AND version = :version")
  void markPruned(String model, long version);
}
