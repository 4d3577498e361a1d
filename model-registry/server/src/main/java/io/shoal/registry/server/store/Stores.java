package io.shoal.registry.server.store;

import io.shoal.registry.server.objects.ObjectStore;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** All stores in one database. */
public record Stores(
    Models models,
    Versions versions,
    Aliases aliases,
    Requests requests,
    AuditLog log,
    Outbox outbox,
    Webhooks webhooks,
    Artifacts artifacts) {

  /**
   * The stores in this database, artifacts and all.
   *
   * @param policy who moves the champion
   * @param retention newest versions per model whose artifacts are kept
   */
  public static Stores in(Jdbi jdbi, Clock clock, Policy policy, int retention) {
    return in(jdbi, clock, policy, retention, null, Secrets.PLAIN);
  }

  /**
   * The stores in this database.
   *
   * @param policy who moves the champion
   * @param retention newest versions per model whose artifacts are kept
   * @param objects keeps artifacts; null to keep them in the database
   * @param secrets seals the secrets of webhooks
   */
  public static Stores in(
      Jdbi jdbi,
      Clock clock,
      Policy policy,
      int retention,
      @Nullable ObjectStore objects,
      Secrets secrets) {
    AuditLog log = new AuditLog(jdbi, clock);
    Artifacts artifacts = new Artifacts(jdbi, clock, objects);
    Aliases aliases = new Aliases(jdbi, log, artifacts);
    return new Stores(
        new Models(jdbi, log),
        new Versions(jdbi, log, aliases, artifacts, policy, retention),
        aliases,
        new Requests(jdbi, log, aliases),
        log,
        new Outbox(jdbi, artifacts),
        new Webhooks(jdbi, log, secrets),
        artifacts);
  }
}
