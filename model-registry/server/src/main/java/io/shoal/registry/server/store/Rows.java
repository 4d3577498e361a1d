package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * How rows that almost every request reads become records. Written out: Jdbi would find out by
 * reflection, for each statement anew, and that is a quarter of a request. By number, in the order
 * of the columns that are named here: H2 would make a table of names for each answer.
 */
final class Rows {
  static final String VERSION =
      "model, version, job_id, sequence, state, reason, checksum, fingerprint, created_at,"
          + " event_time, registered_at, updated_at, pruned, description, source";
  static final String MODEL = "model, description, created_at, updated_at, deleted, last_version";
  static final String ALIAS = "model, alias, version, pinned, changed_at";
  static final String AUDIT =
      "id, changed_at, changed_by, action, model, alias, from_version, to_version, reason, hash";
  static final String GATE = "gate, outcome, measured, bound, detail";
  static final String TAG = "model, version, tag_key, tag_value";
  static final String STORED = "body, object_key, sha256";

  private Rows() {}

  static void register(Jdbi jdbi) {
    jdbi.registerRowMapper(RegisteredVersion.class, (row, context) -> version(row))
        .registerRowMapper(ModelRow.class, (row, context) -> model(row))
        .registerRowMapper(ModelAlias.class, (row, context) -> alias(row))
        .registerRowMapper(AuditEntry.class, (row, context) -> audit(row))
        .registerRowMapper(GateResult.class, (row, context) -> gate(row))
        .registerRowMapper(TagRow.class, (row, context) -> tag(row))
        .registerRowMapper(Artifacts.Stored.class, (row, context) -> stored(row));
  }

  static RegisteredVersion version(ResultSet row) throws SQLException {
    return new RegisteredVersion(
        row.getString(1),
        row.getLong(2),
        row.getString(3),
        row.getLong(4),
        RegisteredVersion.State.valueOf(row.getString(5)),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        moment(row, 9),
        moment(row, 10),
        moment(row, 11),
        moment(row, 12),
        row.getBoolean(13),
        row.getString(14),
        row.getString(15));
  }

  static ModelRow model(ResultSet row) throws SQLException {
    return new ModelRow(
        row.getString(1),
        row.getString(2),
        moment(row, 3),
        moment(row, 4),
        row.getBoolean(5),
        row.getLong(6));
  }

  static ModelAlias alias(ResultSet row) throws SQLException {
    return new ModelAlias(
        row.getString(1), row.getString(2), row.getLong(3), row.getBoolean(4), moment(row, 5));
  }

  private static AuditEntry audit(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong(1),
        moment(row, 2),
        row.getString(3),
        AuditEntry.Action.valueOf(row.getString(4)),
        row.getString(5),
        row.getString(6),
        row.getObject(7, Long.class),
        row.getObject(8, Long.class),
        row.getString(9),
        row.getString(10));
  }

  static GateResult gate(ResultSet row) throws SQLException {
    return new GateResult(
        row.getString(1),
        GateResult.Outcome.valueOf(row.getString(2)),
        row.getObject(3, Double.class),
        row.getObject(4, Double.class),
        row.getString(5));
  }

  static TagRow tag(ResultSet row) throws SQLException {
    return new TagRow(row.getString(1), row.getLong(2), row.getString(3), row.getString(4));
  }

  static Artifacts.Stored stored(ResultSet row) throws SQLException {
    return new Artifacts.Stored(row.getBytes(1), row.getString(2), row.getString(3));
  }

  private static Instant moment(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A moment that may be missing, for rows that Jdbi maps by itself. */
  static @Nullable Instant momentOrNull(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
