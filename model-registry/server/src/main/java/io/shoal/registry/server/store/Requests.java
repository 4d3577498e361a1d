package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.PromotionRequest.State;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException.Code;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Promotions that need two people: one asks, another approves or rejects. */
public final class Requests {
  private final Transactions transactions;
  private final AuditLog log;
  private final Aliases aliases;

  /** The requests in this database. */
  public Requests(Jdbi jdbi, AuditLog log, Aliases aliases) {
    this.transactions = new Transactions(jdbi);
    this.log = log;
    this.aliases = aliases;
  }

  /** Requests of a model below an id, newest first. */
  public List<PromotionRequest> page(String model, long before, int limit) {
    return transactions.read(h -> h.attach(AliasDao.class).requests(model, before, limit));
  }

  /** Requests that are about a version, oldest first. */
  public List<PromotionRequest> about(String model, long version, int limit) {
    return transactions.read(h -> h.attach(AliasDao.class).requestsAbout(model, version, limit));
  }

  /**
   * One request.
   *
   * @throws RegistryException when it does not exist
   */
  public PromotionRequest get(String model, long id) {
    return transactions.read(handle -> require(handle, model, id));
  }

  /**
   * Asks for an alias to be pointed at a version.
   *
   * @throws RegistryException when the version cannot be used
   */
  public PromotionRequest ask(String model, String alias, long version, Reason reason) {
    Names.requireAlias(alias);
    return transactions.write(
        handle -> {
          Aliases.requireUsable(Versions.require(handle, model, version));
          Long from = Aliases.find(handle, model, alias).map(ModelAlias::version).orElse(null);
          long id =
              handle
                  .attach(AliasDao.class)
                  .ask(model, alias, version, from, log.now(), reason.by(), reason.why());
          log.append(
              handle,
              new AuditLog.Change(
                  Action.ASK, model, alias, from, version, reason.by(), reason.why()));
          return require(handle, model, id);
        });
  }

  /**
   * Approves a request: the alias moves.
   *
   * @throws RegistryException when it is decided already, the alias has moved since, or who
   *     approves is who asked
   */
  public PromotionRequest approve(String model, long id, Reason reason) {
    aliases.requireSound(model, get(model, id).version());
    return transactions.write(
        handle -> {
          PromotionRequest request = requirePending(handle, model, id);
          if (request.askedBy().equals(reason.by())) {
            throw new RegistryException(
                Code.PERMISSION_DENIED, reason.by() + " asked for it; another person must approve");
          }
          Optional<ModelAlias> now = Aliases.find(handle, model, request.alias());
          long current = now.map(ModelAlias::version).orElse(0L);
          long expected = request.fromVersion() == null ? 0 : request.fromVersion();
          if (current != expected) {
            throw Aliases.moved(model, request.alias(), expected, current);
          }
          aliases.move(
              handle,
              now,
              new Aliases.Move(
                  Action.PROMOTE,
                  model,
                  request.alias(),
                  request.version(),
                  true,
                  new Reason(
                      reason.by(),
                      AuditLog.shortened(
                          reason.why()
                              + " (request "
                              + id
                              + " of "
                              + request.askedBy()
                              + ": "
                              + request.askedWhy()
                              + ")"))));
          return decide(handle, request, State.APPROVED, reason);
        });
  }

  /**
   * Rejects a request. Who asked may take it back so.
   *
   * @throws RegistryException when it is decided already
   */
  public PromotionRequest reject(String model, long id, Reason reason) {
    return transactions.write(
        handle -> {
          PromotionRequest request = requirePending(handle, model, id);
          log.append(
              handle,
              new AuditLog.Change(
                  Action.REJECT,
                  model,
                  request.alias(),
                  request.fromVersion(),
                  request.version(),
                  reason.by(),
                  reason.why()));
          return decide(handle, request, State.REJECTED, reason);
        });
  }

  private PromotionRequest decide(
      Handle handle, PromotionRequest request, State state, Reason reason) {
    handle.attach(AliasDao.class).decide(request.id(), state, log.now(), reason.by(), reason.why());
    return require(handle, request.model(), request.id());
  }

  private static PromotionRequest requirePending(Handle handle, String model, long id) {
    PromotionRequest request = require(handle, model, id);
    if (request.state() != State.PENDING) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "request "
              + id
              + " is "
              + request.state()
              + " already, by "
              + request.decidedBy()
              + "; ask anew");
    }
    return request;
  }

  private static PromotionRequest require(Handle handle, String model, long id) {
    return handle
        .attach(AliasDao.class)
        .request(model, id)
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST, "model '" + model + "' has no request " + id));
  }
}
