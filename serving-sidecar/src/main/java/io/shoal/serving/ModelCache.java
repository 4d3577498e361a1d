package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.inference.ServedModel;
import io.shoal.inference.ServedModels;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelSignature;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The models that score now, by their aliases: the champion decides, canaries decide for their
 * shares of the entities, challengers score in the shadow. A swap replaces one reference: each
 * record is scored wholly by the old or wholly by the new versions, and nobody waits. A version
 * that is wrong in any way is refused, and the old one stays.
 */
final class ModelCache implements ServedModels {
  /** What the alias of a challenger is, or starts with. */
  static final String CHALLENGER = "challenger";

  /** Each scores every record. */
  static final int CHALLENGERS_MAX = 8;

  private static final int REFUSALS_KEPT = 20;
  private static final Logger log = LoggerFactory.getLogger(ModelCache.class);

  private final FeatureSet features;
  private final String modelName;
  private final String alias;
  private final CanaryShares shares;
  private final String topic;
  private final AvroDeserializer<ModelUpdate> deserializer;
  private final List<PublicKey> keys;
  private final TreeMap<String, Role> held = new TreeMap<>();
  private final ArrayDeque<Refusal> refusals = new ArrayDeque<>();
  private long refused;
  private volatile Roles roles = new Roles(null, new Role[0], new Role[0], List.of());

  /** A version and the alias it has. */
  record Role(String alias, ActiveModel model, ServedModel served, Instant promotedAt) {}

  /** A version that was not taken, and why. */
  record Refusal(Instant at, String alias, String reason) {}

  /**
   * All of one moment.
   *
   * @param canaries who decides for each share, the champion where its alias names no version; none
   *     while there is none, or no champion
   */
  private record Roles(
      @Nullable Role champion, Role[] canaries, Role[] challengers, List<ServedModel> served) {}

  /**
   * @param topic of the updates, for the deserializer
   * @param modelName and alias of the version that decides
   * @param shares of the canaries
   * @param keys of which one must have signed it; none where no signature is needed
   */
  ModelCache(
      FeatureSet features,
      String topic,
      String modelName,
      String alias,
      CanaryShares shares,
      AvroDeserializer<ModelUpdate> deserializer,
      List<PublicKey> keys) {
    this.features = features;
    this.topic = topic;
    this.modelName = modelName;
    this.alias = alias;
    this.shares = shares;
    this.deserializer = deserializer;
    this.keys = List.copyOf(keys);
  }

  /** The champion, or null before the first. */
  @Nullable ActiveModel current() {
    Role champion = roles.champion;
    return champion == null ? null : champion.model;
  }

  /** Version of the champion, 0 before the first. */
  long version() {
    Role champion = roles.champion;
    return champion == null ? 0 : champion.model.version();
  }

  /** The model that decides for an entity, or null before the first. */
  @Nullable ActiveModel deciding(String entityKey) {
    Roles now = roles;
    if (now.canaries.length > 0) {
      int canary = shares.of(entityKey);
      if (canary >= 0) {
        return now.canaries[canary].model;
      }
    }
    return now.champion == null ? null : now.champion.model;
  }

  /** Who scores in the shadow; not to be changed. */
  Role[] challengers() {
    return roles.challengers;
  }

  /** Whether anybody but the champion scores. */
  boolean hasOthers() {
    Roles now = roles;
    return now.challengers.length > 0 || now.canaries.length > 0;
  }

  /** The champion with its alias. */
  @Nullable Role champion() {
    return roles.champion;
  }

  /** Everything that is held now, by alias. */
  synchronized List<Role> all() {
    return List.copyOf(held.values());
  }

  /** The newest refusals, newest first. */
  synchronized List<Refusal> refusals() {
    return List.copyOf(refusals);
  }

  /** How many versions were refused so far. */
  synchronized long refused() {
    return refused;
  }

  @Override
  public List<ServedModel> ready() {
    return roles.served;
  }

  /** Takes an update from the topic; other models and aliases are none of our business. */
  synchronized void accept(String updateKey, byte @Nullable [] message) {
    if (!updateKey.startsWith(modelName + "/")) {
      return;
    }
    String updated = updateKey.substring(modelName.length() + 1);
    if (!isOurs(updated)) {
      return;
    }
    if (message == null) {
      // The champion stays: something must decide.
      if (!updated.equals(alias) && held.remove(updated) != null) {
        log.info("{} names no version any more", updateKey);
        publish();
      }
      return;
    }
    try {
      ModelUpdate update = deserializer.deserialize(topic, message);
      if (update != null) {
        take(updateKey, updated, update);
      }
    } catch (InvalidModelException | UndecodableRecordException | IllegalArgumentException e) {
      // The last: it names features that the set has not, whatever its fingerprint says.
      log.warn("refused an update of {}, the version before stays: {}", updateKey, e.getMessage());
      refused++;
      refusals.addFirst(new Refusal(Instant.now(), updated, String.valueOf(e.getMessage())));
      if (refusals.size() > REFUSALS_KEPT) {
        refusals.removeLast();
      }
    }
  }

  @SuppressWarnings("try") // the context of a log line is only closed
  private void take(String updateKey, String updated, ModelUpdate update) {
    ModelVersion version = update.getVersion();
    ActiveModel next = ActiveModel.of(version, features);
    if (!keys.isEmpty()) {
      requireSigned(updateKey, update);
    }
    if (isChallenger(updated)
        && !held.containsKey(updated)
        && roles.challengers.length == CHALLENGERS_MAX) {
      throw new InvalidModelException(
          update.getModelName(),
          version.getVersion(),
          CHALLENGERS_MAX + " challengers are scored already");
    }
    ServedModel served =
        new ServedModel(
            modelName,
            String.valueOf(next.version()),
            ModelCodec.decode(version),
            version.getFeatures());
    Role previous = held.put(updated, new Role(updated, next, served, update.getPromotedAt()));
    publish();
    try (MDC.MDCCloseable ignored = MDC.putCloseable("model.version", "" + next.version())) {
      if (previous == null) {
        log.info("scoring with {} version {}", updateKey, next.version());
      } else {
        log.debug(
            "swapped {} version {} for {}", updateKey, previous.model.version(), next.version());
      }
    }
  }

  private void publish() {
    Role champion = held.get(alias);
    Role[] canaries = new Role[0];
    if (champion != null && shares.aliases().stream().anyMatch(held::containsKey)) {
      canaries =
          shares.aliases().stream()
              .map(canary -> held.getOrDefault(canary, champion))
              .toArray(Role[]::new);
    }
    List<ServedModel> served = new ArrayList<>();
    Stream.concat(Stream.ofNullable(champion), held.values().stream())
        .map(Role::served)
        .filter(m -> served.stream().noneMatch(s -> s.version().equals(m.version())))
        .forEach(served::add);
    roles =
        new Roles(
            champion,
            canaries,
            held.values().stream().filter(r -> isChallenger(r.alias)).toArray(Role[]::new),
            // Without a champion nobody decides, whoever else is here.
            champion == null ? List.of() : List.copyOf(served));
  }

  private boolean isOurs(String updated) {
    return updated.equals(alias) || shares.aliases().contains(updated) || isChallenger(updated);
  }

  private boolean isChallenger(String updated) {
    return (updated.equals(CHALLENGER) || updated.startsWith(CHALLENGER + "-"))
        && !updated.equals(alias)
        && !shares.aliases().contains(updated);
  }

  /** A signed update may still be one of another key of the topic, put here by somebody else. */
  private void requireSigned(String updateKey, ModelUpdate update) {
    if (!updateKey.equals(update.getModelName() + "/" + update.getAlias())) {
      throw new InvalidModelException(
          update.getModelName(), update.getVersion().getVersion(), "it was announced for another");
    }
    ModelSignature.require(update, keys);
  }
}
