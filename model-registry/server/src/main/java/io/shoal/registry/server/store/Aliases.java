package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.store.RegistryException.Code;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Aliases and how they move. A move, its row in the log and its announcement are one transaction.
 */
public final class Aliases {
  private static final int ALIASES_MAX = 100;

  private final Transactions transactions;
  private final AuditLog log;
  private final Artifacts artifacts;

  /** The aliases in this database. */
  Aliases(Jdbi jdbi, AuditLog log, Artifacts artifacts) {
    this.transactions = new Transactions(jdbi);
    this.log = log;
    this.artifacts = artifacts;
  }

  /** Who wants a change, and why. */
  public record Reason(String by, String why) {}

  /** What is to be done to an alias. */
  record Move(
      Action action, String model, String alias, long version, boolean pinned, Reason reason) {}

  /** The aliases of a model, by name. */
  public List<ModelAlias> list(String model) {
    return transactions.read(h -> Queries.aliases(h, model));
  }

  /** The aliases of a model after a name, in their order. */
  public List<ModelAlias> page(String model, String after, int limit) {
    return transactions.read(h -> h.attach(AliasDao.class).page(model, after, limit));
  }

  /**
   * One alias.
   *
   * @throws RegistryException when it does not exist
   */
  public ModelAlias get(String model, String alias) {
    return transactions.read(h -> require(h, model, alias));
  }

  /**
   * Points an alias at a version, by hand: the automatic policy keeps off it from now on.
   *
   * @param expected version that the caller saw it name, 0 for none; null to move it regardless
   * @throws RegistryException when the version cannot be used, or the alias names another version
   *     than expected
   */
  public ModelAlias promote(
      String model, String alias, long version, @Nullable Long expected, Reason reason) {
    Names.requireAlias(alias);
    requireSound(model, version);
    return transactions.write(
        handle -> {
          Optional<ModelAlias> now = find(handle, model, alias);
          long current = now.map(ModelAlias::version).orElse(0L);
          if (expected != null && expected != current) {
            throw moved(model, alias, expected, current);
          }
          return move(handle, now, new Move(Action.PROMOTE, model, alias, version, true, reason));
        });
  }

  /**
   * Points an alias at the version that it named before, and pins it there.
   *
   * @throws RegistryException when there is none before
   */
  public ModelAlias rollback(String model, String alias, Reason reason) {
    return transactions.write(
        handle -> {
          ModelAlias now = require(handle, model, alias);
          long before =
              handle
                  .attach(AuditDao.class)
                  .versionBefore(model, alias, now.version())
                  .orElseThrow(() -> noneBefore(model, alias));
          return move(
              handle,
              Optional.of(now),
              new Move(Action.ROLLBACK, model, alias, before, true, reason));
        });
  }

  /** Gives an alias back to the automatic policy. */
  public ModelAlias unpin(String model, String alias, Reason reason) {
    return transactions.write(
        handle -> {
          ModelAlias now = require(handle, model, alias);
          return move(
              handle,
              Optional.of(now),
              new Move(Action.UNPIN, model, alias, now.version(), false, reason));
        });
  }

  /**
   * Takes an alias away.
   *
   * @throws RegistryException for the champion: something must decide
   */
  public void remove(String model, String alias, Reason reason) {
    if (alias.equals(Names.CHAMPION)) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "the champion decides; point it at another version instead of taking it away");
    }
    transactions.write(
        handle -> {
          ModelAlias now = require(handle, model, alias);
          AliasDao dao = handle.attach(AliasDao.class);
          dao.delete(model, alias);
          dao.enqueue(model, alias, null, log.now(), reason.by());
          return log.append(
              handle,
              new AuditLog.Change(
                  Action.REMOVE, model, alias, now.version(), null, reason.by(), reason.why()));
        });
  }

  /** What sidecars could not load must not be announced to them. */
  void requireSound(String model, long version) {
    try {
      var unused = artifacts.read(model, version);
    } catch (DamagedArtifactException e) {
      throw new RegistryException(Code.RESOURCE_CONFLICT, String.valueOf(e.getMessage()));
    }
  }

  /** Moves an alias; needs the lock of {@link Transactions#write}. */
  ModelAlias move(Handle handle, Optional<ModelAlias> before, Move move) {
    RegisteredVersion target = Versions.require(handle, move.model(), move.version());
    requireUsable(target);
    AliasDao dao = handle.attach(AliasDao.class);
    if (before.isEmpty() && Queries.aliases(handle, move.model()).size() >= ALIASES_MAX) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "model '" + move.model() + "' has " + ALIASES_MAX + " aliases; remove one first");
    }
    before.ifPresent(alias -> requireLoadable(handle, alias, target));
    Instant now = log.now();
    ModelAlias after =
        new ModelAlias(move.model(), move.alias(), move.version(), move.pinned(), now);
    if (before.isPresent()) {
      dao.update(after);
    } else {
      dao.insert(after);
    }
    if (!target.external()) {
      dao.enqueue(move.model(), move.alias(), move.version(), now, move.reason().by());
    }
    log.append(
        handle,
        new AuditLog.Change(
            move.action(),
            move.model(),
            move.alias(),
            before.map(ModelAlias::version).orElse(null),
            move.version(),
            move.reason().by(),
            move.reason().why()));
    return after;
  }

  static Optional<ModelAlias> find(Handle handle, String model, String alias) {
    return Queries.alias(handle, model, alias);
  }

  static RegistryException moved(String model, String alias, long expected, long current) {
    return new RegistryException(
        Code.RESOURCE_CONFLICT,
        "alias '"
            + alias
            + "' of model '"
            + model
            + "' names "
            + named(current)
            + " by now, not "
            + named(expected)
            + "; look again and decide anew");
  }

  private static String named(long version) {
    return version == 0 ? "no version" : "version " + version;
  }

  static void requireUsable(RegisteredVersion target) {
    if (target.state() == State.REJECTED) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "version "
              + target.version()
              + " was rejected and cannot be promoted: "
              + target.reason());
    }
    if (target.state() == State.DELETED) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, "version " + target.version() + " was deleted; choose another");
    }
    if (target.pruned()) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "the artifact of version "
              + target.version()
              + " was pruned; choose a newer one, and raise retention.versions to keep more");
    }
  }

  /** Sidecars would go on with what they hold, and the log would say otherwise. */
  private static void requireLoadable(Handle handle, ModelAlias alias, RegisteredVersion target) {
    if (target.external() && !Versions.require(handle, alias.model(), alias.version()).external()) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "the artifact of version "
              + target.version()
              + " lies outside the registry, so that no sidecar could load it; alias '"
              + alias.alias()
              + "' names one that they hold");
    }
  }

  private static ModelAlias require(Handle handle, String model, String alias) {
    return find(handle, model, alias)
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST,
                    "model '" + model + "' has no alias '" + alias + "'"));
  }

  private static RegistryException noneBefore(String model, String alias) {
    return new RegistryException(
        Code.RESOURCE_CONFLICT,
        "alias '" + alias + "' of model '" + model + "' has named no other version before");
  }
}
