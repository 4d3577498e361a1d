package io.shoal.registry.server.store;

import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/** All stores in one database. */
public record Stores(
    Models models,
    Versions versions,
    Aliases aliases,
    Requests requests,
    AuditLog log,
    Outbox outbox,
    Webhooks webhooks) {

  /**
   * The stores in this database.
   *
   * @param policy who moves the champion
   * @param retention newest versions per model whose artifacts are kept
   */
  public static Stores in(Jdbi jdbi, Clock clock, Policy policy, int retention) {
    AuditLog log = new AuditLog(jdbi, clock);
    Aliases aliases = new Aliases(jdbi, log);
    return new Stores(
        new Models(jdbi, log),
        new Versions(jdbi, log, aliases, policy, retention),
        aliases,
        new Requests(jdbi, log, aliases),
        log,
        new Outbox(jdbi),
        new Webhooks(jdbi, log));
  }
}
