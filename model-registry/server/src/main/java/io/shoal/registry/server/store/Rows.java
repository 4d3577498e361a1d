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
 * reflection, for each statement anew, and that is a quarter of a request.
 */
final class Rows {
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
        row.getString("model"),
        row.getLong("version"),
        row.getString("job_id"),
        row.getLong("sequence"),
        RegisteredVersion.State.valueOf(row.getString("state")),
        row.getString("reason"),
        row.getString("checksum"),
        row.getString("fingerprint"),
        moment(row, "created_at"),
        moment(row, "event_time"),
        moment(row, "registered_at"),
        moment(row, "updated_at"),
        row.getBoolean("pruned"),
        row.getString("description"),
        row.getString("source"));
  }

  static ModelRow model(ResultSet row) throws SQLException {
    return new ModelRow(
        row.getString("model"),
        row.getString("description"),
        moment(row, "created_at"),
        moment(row, "updated_at"),
        row.getBoolean("deleted"),
        row.getLong("last_version"));
  }

  static ModelAlias alias(ResultSet row) throws SQLException {
    return new ModelAlias(
        row.getString("model"),
        row.getString("alias"),
        row.getLong("version"),
        row.getBoolean("pinned"),
        moment(row, "changed_at"));
  }

  private static AuditEntry audit(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong("id"),
        moment(row, "changed_at"),
        row.getString("changed_by"),
        AuditEntry.Action.valueOf(row.getString("action")),
        row.getString("model"),
        row.getString("alias"),
        row.getObject("from_version", Long.class),
        row.getObject("to_version", Long.class),
        row.getString("reason"),
        row.getString("hash"));
  }

  static GateResult gate(ResultSet row) throws SQLException {
    return new GateResult(
        row.getString("gate"),
        GateResult.Outcome.valueOf(row.getString("outcome")),
        row.getObject("measured", Double.class),
        row.getObject("bound", Double.class),
        row.getString("detail"));
  }

  static TagRow tag(ResultSet row) throws SQLException {
    return new TagRow(
        row.getString("model"),
        row.getLong("version"),
        row.getString("tag_key"),
        row.getString("tag_value"));
  }

  static Artifacts.Stored stored(ResultSet row) throws SQLException {
    return new Artifacts.Stored(
        row.getBytes("body"), row.getString("object_key"), row.getString("sha256"));
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A moment that may be missing, for rows that Jdbi maps by itself. */
  static @Nullable Instant momentOrNull(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
