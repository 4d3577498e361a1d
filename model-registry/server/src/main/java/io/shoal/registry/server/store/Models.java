package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.AuditLog.Change;
import io.shoal.registry.server.store.RegistryException.Code;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Models: the names under which versions stand, with descriptions and tags. */
public final class Models {
  /** The version that stands for the model itself where a tag is meant. */
  public static final long ITSELF = 0;

  private static final int TAGS_MAX = 100;

  private final Transactions transactions;
  private final AuditLog log;

  /** The models in this database. */
  public Models(Jdbi jdbi, AuditLog log) {
    this.transactions = new Transactions(jdbi);
    this.log = log;
  }

  /** Names above a name, in order. */
  public List<String> names(String after, int limit) {
    return transactions.read(h -> Queries.modelNames(h, after, limit));
  }

  /**
   * One model.
   *
   * @throws RegistryException when it does not exist
   */
  public ModelRow get(String model) {
    return transactions.read(handle -> require(handle, model));
  }

  /**
   * Makes a model without versions. A deleted one comes back; its numbers go on where they were.
   *
   * @throws RegistryException when the name is taken or cannot be one
   */
  public ModelRow create(String model, String description, Reason reason) {
    Names.requireModel(model);
    return transactions.write(
        handle -> {
          Optional<ModelRow> before = Queries.model(handle, model);
          if (before.isPresent() && !before.get().deleted()) {
            throw new RegistryException(
                Code.RESOURCE_ALREADY_EXISTS,
                "there is a model '" + model + "' already; choose another name");
          }
          ModelDao dao = handle.attach(ModelDao.class);
          if (before.isPresent()) {
            dao.update(model, description, false, log.now());
          } else {
            dao.insert(model, description, log.now());
          }
          log.append(handle, Change.of(Action.CREATE, model, null, reason));
          return require(handle, model);
        });
  }

  /** Describes a model. */
  public ModelRow describe(String model, String description, Reason reason) {
    return transactions.write(
        handle -> {
          require(handle, model);
          handle.attach(ModelDao.class).update(model, description, false, log.now());
          log.append(handle, Change.of(Action.DESCRIBE, model, null, reason));
          return require(handle, model);
        });
  }

  /**
   * Deletes a model that has no alias any more; versions and log stay for the record.
   *
   * @throws RegistryException while it has an alias
   */
  public void delete(String model, Reason reason) {
    transactions.write(
        handle -> {
          ModelRow row = require(handle, model);
          if (!Queries.aliases(handle, model).isEmpty()) {
            throw new RegistryException(
                Code.RESOURCE_CONFLICT,
                "model '" + model + "' has aliases, sidecars may hold it; remove them first");
          }
          ModelDao dao = handle.attach(ModelDao.class);
          dao.update(model, row.description(), true, log.now());
          dao.deleteTags(model, ITSELF);
          log.append(handle, Change.of(Action.DELETE, model, null, reason));
          return row;
        });
  }

  /** The tags of a version, or of the model {@link #ITSELF}. */
  public Map<String, String> tags(String model, long version) {
    return transactions.read(handle -> tags(handle, model, version));
  }

  /** The tags of versions from one number to another, by number; none for those without. */
  public Map<Long, Map<String, String>> tags(String model, long first, long last) {
    Map<Long, Map<String, String>> tags = new HashMap<>();
    for (TagRow tag : transactions.read(h -> Queries.tags(h, model, first, last))) {
      tags.computeIfAbsent(tag.version(), version -> new LinkedHashMap<>())
          .put(tag.tagKey(), tag.tagValue());
    }
    return tags;
  }

  /**
   * Sets a tag.
   *
   * @throws RegistryException when model or version do not exist, or have too many tags
   */
  public void setTag(String model, long version, String key, String value, Reason reason) {
    transactions.write(
        handle -> {
          requireTaggable(handle, model, version);
          ModelDao dao = handle.attach(ModelDao.class);
          dao.deleteTag(model, version, key);
          if (Queries.tags(handle, model, version).size() >= TAGS_MAX) {
            throw new RegistryException(
                Code.INVALID_PARAMETER_VALUE, "it has " + TAGS_MAX + " tags; delete one first");
          }
          dao.insertTag(model, version, key, value);
          touch(handle, model, version);
          log.append(handle, tagged(model, version, key + " = " + value, reason));
          return key;
        });
  }

  /** Deletes a tag; one that is not there changes nothing. */
  public void deleteTag(String model, long version, String key, Reason reason) {
    transactions.write(
        handle -> {
          requireTaggable(handle, model, version);
          if (handle.attach(ModelDao.class).deleteTag(model, version, key) > 0) {
            touch(handle, model, version);
            log.append(handle, tagged(model, version, key + " deleted", reason));
          }
          return key;
        });
  }

  /** Models that a search finds, in its order. */
  public List<ModelRow> search(Search search) {
    return transactions.read(h -> search.of(ModelRow.class, "models", h));
  }

  /** Versions that a search finds, in its order. */
  public List<RegisteredVersion> searchVersions(Search search) {
    return transactions.read(h -> search.of(RegisteredVersion.class, "versions", h));
  }

  static ModelRow require(Handle handle, String model) {
    return Queries.model(handle, model)
        .filter(row -> !row.deleted())
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST,
                    "there is no model '" + model + "'; /api/v1/models lists them"));
  }

  static void requireOrCreate(Handle handle, String model, Instant now) {
    ModelDao dao = handle.attach(ModelDao.class);
    Optional<ModelRow> row = Queries.model(handle, model);
    if (row.isEmpty()) {
      dao.insert(model, "", now);
    } else if (row.get().deleted()) {
      dao.update(model, row.get().description(), false, now);
    }
  }

  private static Map<String, String> tags(Handle handle, String model, long version) {
    Map<String, String> tags = new LinkedHashMap<>();
    Queries.tags(handle, model, version).forEach(t -> tags.put(t.tagKey(), t.tagValue()));
    return tags;
  }

  private static void requireTaggable(Handle handle, String model, long version) {
    require(handle, model);
    if (version != ITSELF) {
      Versions.requireNotDeleted(handle, model, version);
    }
  }

  /** What became of the tag comes first, so that a long text loses the rest. */
  private static Change tagged(String model, long version, String what, Reason reason) {
    return Change.of(
        Action.TAG,
        model,
        version == ITSELF ? null : version,
        new Reason(reason.by(), what + " (" + reason.why() + ")"));
  }

  private void touch(Handle handle, String model, long version) {
    if (version == ITSELF) {
      handle.attach(ModelDao.class).touch(model, log.now());
    } else {
      handle.attach(VersionDao.class).touch(model, version, log.now());
    }
  }
}
