package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.server.store.RegistryException.Code;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Webhooks and the durable queue of what they are still to be told. */
public final class Webhooks {
  private static final int WEBHOOKS_MAX = 100;
  private static final int FAILURE_MAX = 500;

  private final Transactions transactions;
  private final AuditLog log;
  private final Secrets secrets;

  Webhooks(Jdbi jdbi, AuditLog log, Secrets secrets) {
    this.transactions = new Transactions(jdbi);
    this.log = log;
    this.secrets = secrets;
  }

  /** A delivery with all that is needed to make it. */
  public record Due(Delivery delivery, Webhook webhook, AuditEntry entry) {}

  /**
   * Adds a webhook; it is told of changes from now on.
   *
   * @param model whose changes; empty for all
   */
  public Webhook add(String url, String secret, String model, String by) {
    return transactions.write(
        handle -> {
          WebhookDao dao = handle.attach(WebhookDao.class);
          if (dao.count() >= WEBHOOKS_MAX) {
            throw new RegistryException(
                Code.RESOURCE_CONFLICT,
                "there are " + WEBHOOKS_MAX + " webhooks already; delete one first");
          }
          log.append(handle, changed(Action.SUBSCRIBE, model, url, by));
          return dao.find(dao.insert(url, secrets.seal(secret), model, log.now(), by))
              .orElseThrow();
        });
  }

  /** Webhooks above an id, in the order in which they were added. */
  public List<Webhook> page(long after, int limit) {
    return transactions.read(h -> h.attach(WebhookDao.class).page(after, limit));
  }

  /** Seals the secrets that were kept before there was a key. */
  public void seal() {
    transactions.write(
        handle -> {
          WebhookDao dao = handle.attach(WebhookDao.class);
          for (Webhook webhook : dao.page(0, WEBHOOKS_MAX)) {
            dao.keepSecret(webhook.id(), secrets.seal(secrets.open(webhook.secret())));
          }
          return this;
        });
  }

  /**
   * Deletes a webhook and what it was still to be told.
   *
   * @throws RegistryException when it does not exist
   */
  public void delete(long id, String by) {
    transactions.write(
        handle -> {
          WebhookDao dao = handle.attach(WebhookDao.class);
          Webhook webhook = dao.find(id).orElseThrow(() -> unknown(id));
          dao.delete(id);
          return log.append(
              handle, changed(Action.UNSUBSCRIBE, webhook.model(), webhook.url(), by));
        });
  }

  /**
   * What a webhook is still to be told above an id, oldest first.
   *
   * @throws RegistryException when it does not exist
   */
  public List<Delivery> waiting(long id, long after, int limit) {
    return transactions.read(
        handle -> {
          WebhookDao dao = handle.attach(WebhookDao.class);
          if (dao.find(id).isEmpty()) {
            throw unknown(id);
          }
          return dao.waiting(id, after, limit);
        });
  }

  /** What is to be delivered now: at most one for each webhook, so that the order holds. */
  public List<Due> due() {
    Instant now = log.now();
    return transactions.read(
        handle -> {
          WebhookDao dao = handle.attach(WebhookDao.class);
          AuditDao entries = handle.attach(AuditDao.class);
          return dao.due(now).stream()
              .flatMap(
                  delivery -> {
                    Optional<Webhook> webhook =
                        dao.find(delivery.webhookId())
                            .map(w -> w.withSecret(secrets.open(w.secret())));
                    return webhook.stream()
                        .map(w -> new Due(delivery, w, entries.get(delivery.auditId())));
                  })
              .toList();
        });
  }

  /** A delivery has arrived, or is given up: it leaves the queue. */
  public void remove(Delivery delivery) {
    transactions.write(
        handle -> {
          handle.attach(WebhookDao.class).remove(delivery.id());
          return delivery;
        });
  }

  /** A delivery has failed and is tried again later. */
  public void retry(Delivery delivery, Instant nextAt, String failure) {
    String kept = failure.length() <= FAILURE_MAX ? failure : failure.substring(0, FAILURE_MAX);
    transactions.write(
        handle -> {
          handle.attach(WebhookDao.class).failed(delivery.id(), nextAt, kept);
          return delivery;
        });
  }

  /** The host alone: paths of webhooks are often secrets. */
  private static AuditLog.Change changed(Action action, String model, String url, String by) {
    return AuditLog.Change.of(
        action, model, null, new Aliases.Reason(by, "webhook to " + URI.create(url).getHost()));
  }

  private static RegistryException unknown(long id) {
    return new RegistryException(
        Code.RESOURCE_DOES_NOT_EXIST,
        "there is no webhook " + id + "; /api/v1/webhooks lists them");
  }
}
