package io.shoal.registry.server.store;

import io.shoal.registry.server.store.Artifacts.Stored;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Statements on the bytes of versions, and on objects that nobody needs. */
interface ArtifactDao {
  @SqlUpdate(
      "INSERT INTO artifacts (model, version, body, object_key, sha256)"
          + " VALUES (:model, :version, :body, :objectKey, :sha256)")
  void insert(String model, long version, @BindMethods Stored stored);

  @SqlUpdate("DELETE FROM artifacts WHERE model = :model AND version = :version")
  void delete(String model, long version);

  @SqlUpdate("INSERT INTO discarded_objects (object_key, discarded_at) VALUES (:key, :at)")
  void discard(String key, Instant at);

  @SqlQuery(
      "SELECT object_key FROM discarded_objects WHERE discarded_at < :before"
          + " ORDER BY discarded_at LIMIT :limit")
  List<String> discarded(Instant before, int limit);

  @SqlUpdate("DELETE FROM discarded_objects WHERE object_key = :key AND discarded_at > :notBefore")
  int reclaim(String key, Instant notBefore);

  @SqlUpdate("DELETE FROM discarded_objects WHERE object_key = :key")
  void swept(String key);
}
