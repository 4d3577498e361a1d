package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.ModelUpdate;
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
  private volatile @Nullable ActiveModel current;

  /**
   * @param topic of the updates, for the deserializer
   * @param modelName and alias of the version that scores
   */
  ModelCache(
      FeatureSet features,
      String topic,
      String modelName,
      String alias,
      AvroDeserializer<ModelUpdate> deserializer) {
    this.features = features;
    this.topic = topic;
    this.key = modelName + "/" + alias;
    this.deserializer = deserializer;
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
}
