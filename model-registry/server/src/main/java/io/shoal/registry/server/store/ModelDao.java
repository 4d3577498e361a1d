package io.shoal.registry.server.store;

import java.time.Instant;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on models and tags. */
interface ModelDao {
  @SqlUpdate(
      "INSERT INTO models (model, description, created_at, updated_at, last_version)"
          + " VALUES (:model, :description, :now, :now, 0)")
  void insert(String model, String description, Instant now);

  @SqlUpdate(
      "UPDATE models SET description = :description, deleted = :deleted, updated_at = :now"
          + " WHERE model = :model")
  void update(String model, String description, boolean deleted, Instant now);

  @SqlUpdate("UPDATE models SET last_version = :version, updated_at = :now WHERE model = :model")
  void numbered(String model, long version, Instant now);

  @SqlUpdate("UPDATE models SET updated_at = :now WHERE model = :model")
  void touch(String model, Instant now);

  @SqlUpdate("DELETE FROM tags WHERE model = :model AND version = :version AND tag_key = :key")
  int deleteTag(String model, long version, String key);

  @SqlUpdate(
      "INSERT INTO tags (model, version, tag_key, tag_value)"
          + " VALUES (:model, :version, :key, :value)")
  void insertTag(String model, long version, String key, String value);

  @SqlUpdate("DELETE FROM tags WHERE model = :model AND version = :version")
  void deleteTags(String model, long version);
}
