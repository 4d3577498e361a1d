package io.shoal.registry.server.store;

import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * What almost every request reads. Without a DAO: its proxy is made anew for each handle, and that
 * costs three times the statement itself.
 */
final class Queries {
  private Queries() {}

  static Optional<ModelRow> model(Handle handle, String model) {
    return handle
        .createQuery("SELECT * FROM models WHERE model = :model")
        .bind("model", model)
        .mapTo(ModelRow.class)
        .findOne();
  }

  static List<String> modelNames(Handle handle, String after, int limit) {
    return handle
        .createQuery(
            "SELECT model FROM models WHERE NOT deleted AND model > :after"
                + " ORDER BY model LIMIT :limit")
        .bind("after", after)
        .bind("limit", limit)
        .mapTo(String.class)
        .list();
  }

  static List<TagRow> tags(Handle handle, String model, long version) {
    return ofVersion(
            handle,
            "SELECT * FROM tags WHERE model = :model AND version = :version ORDER BY tag_key",
            model,
            version)
        .mapTo(TagRow.class)
        .list();
  }

  /** The tags of versions from one number to another. */
  static List<TagRow> tags(Handle handle, String model, long first, long last) {
    return handle
        .createQuery(
            "SELECT * FROM tags WHERE model = :model AND version BETWEEN :first AND :last"
                + " ORDER BY model, version, tag_key")
        .bind("model", model)
        .bind("first", first)
        .bind("last", last)
        .mapTo(TagRow.class)
        .list();
  }

  static Optional<RegisteredVersion> version(Handle handle, String model, long version) {
    return ofVersion(
            handle,
            "SELECT * FROM versions WHERE model = :model AND version = :version",
            model,
            version)
        .mapTo(RegisteredVersion.class)
        .findOne();
  }

  /** Sorted by all columns of the key: H2 reads the key backwards then, instead of sorting all. */
  static List<RegisteredVersion> versions(Handle handle, String model, long before, int limit) {
    return handle
        .createQuery(
            "SELECT * FROM versions WHERE model = :model AND version < :before"
                + " ORDER BY model DESC, version DESC LIMIT :limit")
        .bind("model", model)
        .bind("before", before)
        .bind("limit", limit)
        .mapTo(RegisteredVersion.class)
        .list();
  }

  static List<GateResult> gates(Handle handle, String model, long version) {
    return ofVersion(
            handle,
            "SELECT gate, outcome, measured, bound, detail FROM gates"
                + " WHERE model = :model AND version = :version ORDER BY gate",
            model,
            version)
        .mapTo(GateResult.class)
        .list();
  }

  static Optional<Artifacts.Stored> artifact(Handle handle, String model, long version) {
    return ofVersion(
            handle,
            "SELECT body, object_key, sha256 FROM artifacts"
                + " WHERE model = :model AND version = :version",
            model,
            version)
        .mapTo(Artifacts.Stored.class)
        .findOne();
  }

  static Optional<ModelAlias> alias(Handle handle, String model, String alias) {
    return handle
        .createQuery("SELECT * FROM aliases WHERE model = :model AND alias = :alias")
        .bind("model", model)
        .bind("alias", alias)
        .mapTo(ModelAlias.class)
        .findOne();
  }

  static List<ModelAlias> aliases(Handle handle, String model) {
    return handle
        .createQuery("SELECT * FROM aliases WHERE model = :model ORDER BY alias")
        .bind("model", model)
        .mapTo(ModelAlias.class)
        .list();
  }

  private static Query ofVersion(Handle handle, String sql, String model, long version) {
    return handle.createQuery(sql).bind("model", model).bind("version", version);
  }
}
