package io.shoal.registry.server.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.statement.GetGeneratedKeys;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/** Statements on webhooks and what they are still to be told. */
interface WebhookDao {
  @SqlUpdate(
      "INSERT INTO webhooks (url, secret, model, created_at, created_by)"
          + " VALUES (:url, :secret, :model, :at, :by)")
  @GetGeneratedKeys("id")
  long insert(String url, String secret, String model, Instant at, String by);

  @SqlQuery("SELECT COUNT(*) FROM webhooks")
  int count();

  @SqlQuery("SELECT * FROM webhooks WHERE id > :after ORDER BY id LIMIT :limit")
  List<Webhook> page(long after, int limit);

  @SqlUpdate("UPDATE webhooks SET secret = :secret WHERE id = :id")
  void keepSecret(long id, String secret);

  @SqlQuery("SELECT * FROM webhooks WHERE id = :id")
  Optional<Webhook> find(long id);

  @SqlUpdate("DELETE FROM webhooks WHERE id = :id")
  int delete(long id);

  @SqlUpdate(
      "INSERT INTO deliveries (webhook_id, audit_id, attempts, next_at)"
          + " SELECT id, :auditId, 0, :now FROM webhooks WHERE model = '' OR model = :model")
  void enqueue(long auditId, String model, Instant now);

  /** The oldest delivery of each webhook, where it is due: changes arrive in their order. */
  @SqlQuery(
      "SELECT * FROM deliveries WHERE next_at <= :now"
          + " AND id IN (SELECT MIN(id) FROM deliveries GROUP BY webhook_id) ORDER BY id")
  List<Delivery> due(Instant now);

  @SqlQuery(
      "SELECT * FROM deliveries WHERE webhook_id = :webhookId AND id > :after"
          + " ORDER BY id LIMIT :limit")
  List<Delivery> waiting(long webhookId, long after, int limit);

  @SqlUpdate(
      "UPDATE deliveries SET attempts = attempts + 1, next_at = :nextAt, failure = :failure"
          + " WHERE id = :id")
  void failed(long id, Instant nextAt, @Nullable String failure);

  @SqlUpdate("DELETE FROM deliveries WHERE id = :id")
  void remove(long id);
}
