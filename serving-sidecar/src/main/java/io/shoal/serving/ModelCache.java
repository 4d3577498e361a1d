package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelSignature;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.ModelUpdate;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that scores now. A swap replaces one reference: each record is scored wholly by the old
 * or wholly by the new version, and nobody waits. A version that is wrong in any way is refused,
 * and the old one stays.
 */
final class ModelCache {
  private static final Logger log = LoggerFactory.getLogger(ModelCache.class);

  private final FeatureSet features;
  private final String key;
  private final String topic;
  private final AvroDeserializer<ModelUpdate> deserializer;
  private final List<PublicKey> keys;
  private volatile @Nullable ActiveModel current;

  /**
   * @param topic of the updates, for the deserializer
   * @param modelName and alias of the version that scores
   * @param keys of which one must have signed it; none where no signature is needed
   */
  ModelCache(
      FeatureSet features,
      String topic,
      String modelName,
      String alias,
      AvroDeserializer<ModelUpdate> deserializer,
      List<PublicKey> keys) {
    this.features = features;
    this.topic = topic;
    this.key = modelName + "/" + alias;
    this.deserializer = deserializer;
    this.keys = List.copyOf(keys);
  }

  /** The model that scores, or null before the first. */
  @Nullable ActiveModel current() {
    return current;
  }

  /**
   * Takes an update from the topic; other models and aliases than ours are none of our business.
   */
  void accept(String updateKey, byte @Nullable [] message) {
    if (!updateKey.equals(key) || message == null) {
      return;
    }
    try {
      ModelUpdate update = deserializer.deserialize(topic, message);
      if (update == null) {
        return;
      }
      ActiveModel next = ActiveModel.of(update.getVersion(), features);
      if (!keys.isEmpty()) {
        requireSigned(update);
      }
      ActiveModel previous = current;
      current = next;
      if (previous == null) {
        log.info("scoring with {} version {}", key, next.version());
      } else {
        log.debug("swapped {} version {} for {}", key, previous.version(), next.version());
      }
    } catch (InvalidModelException | UndecodableRecordException e) {
      log.warn("refused an update of {}, the version before stays: {}", key, e.getMessage());
    }
  }

  /** A signed update may still be one of another key of the topic, put here by somebody else. */
  private void requireSigned(ModelUpdate update) {
    if (!key.equals(update.getModelName() + "/" + update.getAlias())) {
      throw new InvalidModelException(
          update.getModelName(), update.getVersion().getVersion(), "it was announced for another");
    }
    ModelSignature.require(update, keys);
  }
}
