package io.shoal.registry.server.store;

import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.PromotionRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on aliases, requests to move them, and what is to be announced of them. */
interface AliasDao {
  @SqlQuery(
      "SELECT "
          + Rows.ALIAS
          + " FROM aliases WHERE model = :model AND alias > :after"
          + " ORDER BY alias LIMIT :limit")
  List<ModelAlias> page(String model, String after, int limit);

  @SqlUpdate(
      "INSERT INTO aliases (model, alias, version, pinned, changed_at)"
          + " VALUES (:model, :alias, :version, :pinned, :changedAt)")
  void insert(@BindMethods ModelAlias alias);

  @SqlUpdate(
      "UPDATE aliases SET version = :version, pinned = :pinned, changed_at = :changedAt"
          + " WHERE model = :model AND alias = :alias")
  void update(@BindMethods ModelAlias alias);

  @SqlUpdate("DELETE FROM aliases WHERE model = :model AND alias = :alias")
  void delete(String model, String alias);

  @SqlUpdate(
      "INSERT INTO outbox (model, alias, version, promoted_at, promoted_by)"
          + " VALUES (:model, :alias, :version, :at, :by)")
  void enqueue(String model, String alias, @Nullable Long version, Instant at, String by);

  @SqlQuery(
      "SELECT o.*, a.body, a.object_key, a.sha256 FROM outbox o LEFT JOIN artifacts a"
          + " ON a.model = o.model AND a.version = o.version ORDER BY o.id LIMIT :limit")
  List<Announcement> queue(int limit);

  @SqlQuery("SELECT COUNT(*) FROM outbox WHERE model = :model AND alias = :alias AND id > :id")
  int queuedAfter(String model, String alias, long id);

  @SqlUpdate("DELETE FROM outbox WHERE id <= :id")
  void dequeue(long id);

  @SqlUpdate(
      "INSERT INTO promotion_requests"
          + " (model, alias, version, from_version, state, asked_at, asked_by, asked_why)"
          + " VALUES (:model, :alias, :version, :from, 'PENDING', :at, :by, :why)")
  @GetGeneratedKeys("id")
  long ask(
      String model,
      String alias,
      long version,
      @Nullable Long from,
      Instant at,
      String by,
      String why);

  @SqlQuery("SELECT * FROM promotion_requests WHERE model = :model AND id = :id")
  Optional<PromotionRequest> request(String model, long id);

  @SqlQuery(
      "SELECT * FROM promotion_requests WHERE model = :model AND id < :before"
          + " ORDER BY model DESC, id DESC LIMIT :limit")
  List<PromotionRequest> requests(String model, long before, int limit);

  @SqlQuery(
      "SELECT * FROM promotion_requests WHERE model = :model AND version = :version"
          + " ORDER BY id LIMIT :limit")
  List<PromotionRequest> requestsAbout(String model, long version, int limit);

  @SqlUpdate(
      "UPDATE promotion_requests SET state = :state, decided_at = :at, decided_by = :by,"
          + " decided_why = :why WHERE id = :id")
  void decide(long id, PromotionRequest.State state, Instant at, String by, String why);
}
