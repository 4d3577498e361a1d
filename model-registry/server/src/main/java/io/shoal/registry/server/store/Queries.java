package io.shoal.registry.server.store;

import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * What almost every request reads, in plain JDBC on Jdbi's connection: for such small answers the
 * proxy of a DAO, the copy of its configuration for each statement and the search for each
 * argument's type cost more than the statement itself.
 */
final class Queries {
  private Queries() {}

  /** Makes a record of the row that the result set stands on. */
  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  static Optional<ModelRow> model(Handle handle, String model) {
    return one(handle, Rows::model, "SELECT " + Rows.MODEL + " FROM models WHERE model = ?", model);
  }

  static List<String> modelNames(Handle handle, String after, int limit) {
    return all(
        handle,
        row -> row.getString(1),
        "SELECT model FROM models WHERE NOT deleted AND model > ? ORDER BY model LIMIT ?",
        after,
        limit);
  }

  static List<TagRow> tags(Handle handle, String model, long version) {
    return all(
        handle,
        Rows::tag,
        "SELECT " + Rows.TAG + " FROM tags WHERE model = ? AND version = ? ORDER BY tag_key",
        model,
        version);
  }

  /** The tags of versions from one number to another. */
  static List<TagRow> tags(Handle handle, String model, long first, long last) {
    return all(
        handle,
        Rows::tag,
        "SELECT "
            + Rows.TAG
            + " FROM tags WHERE model = ? AND version BETWEEN ? AND ?"
            + " ORDER BY model, version, tag_key",
        model,
        first,
        last);
  }

  static Optional<RegisteredVersion> version(Handle handle, String model, long version) {
    return one(
        handle,
        Rows::version,
        "SELECT " + Rows.VERSION + " FROM versions WHERE model = ? AND version = ?",
        model,
        version);
  }

  /** Sorted by all columns of the key: H2 reads the key backwards then, instead of sorting all. */
  static List<RegisteredVersion> versions(Handle handle, String model, long before, int limit) {
    return all(
        handle,
        Rows::version,
        "SELECT "
            + Rows.VERSION
            + " FROM versions WHERE model = ? AND version < ?"
            + " ORDER BY model DESC, version DESC LIMIT ?",
        model,
        before,
        limit);
  }

  static List<GateResult> gates(Handle handle, String model, long version) {
    return all(
        handle,
        Rows::gate,
        "SELECT " + Rows.GATE + " FROM gates" + " WHERE model = ? AND version = ? ORDER BY gate",
        model,
        version);
  }

  static Optional<Artifacts.Stored> artifact(Handle handle, String model, long version) {
    return one(
        handle,
        Rows::stored,
        "SELECT " + Rows.STORED + " FROM artifacts WHERE model = ? AND version = ?",
        model,
        version);
  }

  static Optional<ModelAlias> alias(Handle handle, String model, String alias) {
    return one(
        handle,
        Rows::alias,
        "SELECT " + Rows.ALIAS + " FROM aliases WHERE model = ? AND alias = ?",
        model,
        alias);
  }

  static List<ModelAlias> aliases(Handle handle, String model) {
    return all(
        handle,
        Rows::alias,
        "SELECT " + Rows.ALIAS + " FROM aliases WHERE model = ? ORDER BY alias",
        model);
  }

  private static <T> Optional<T> one(
      Handle handle, Mapper<T> mapper, String sql, Object... arguments) {
    return all(handle, mapper, sql, arguments).stream().findFirst();
  }

  private static <T> List<T> all(Handle handle, Mapper<T> mapper, String sql, Object... arguments) {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<T> all = new ArrayList<>();
        while (rows.next()) {
          all.add(mapper.map(rows));
        }
        return all;
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }
}
