package io.shoal.jobs;

import io.shoal.config.ConfigException;
import java.net.URI;
import java.util.List;

/** What no single option of a {@link TrainerConfig} can check by itself. */
final class TrainerChecks {
  private TrainerChecks() {}

  /** What reads a topic of the user's excludes what reads vectors of a feature set. */
  static void ownVectors(TrainerConfig config) {
    if (config.getString(TrainerConfig.VECTORS_TOPIC) != null) {
      if (config.getList(TrainerConfig.MODEL_FEATURES) == null) {
        throw new ConfigException(
            TrainerConfig.VECTORS_TOPIC
                + " is set: name what to learn from in "
                + TrainerConfig.MODEL_FEATURES
                + ", such as amount, age");
      }
      if (!config.getString(TrainerConfig.FEATURES_FILE).isEmpty()) {
        throw new ConfigException(
            "set "
                + TrainerConfig.VECTORS_TOPIC
                + " or "
                + TrainerConfig.FEATURES_FILE
                + ", not both: they exclude each other");
      }
      return;
    }
    for (String option : List.of(TrainerConfig.VECTORS_ARRAY, TrainerConfig.VECTORS_EVENT_TIME)) {
      if (config.getString(option) != null) {
        throw new ConfigException(
            option + " is for a topic of your own; set " + TrainerConfig.VECTORS_TOPIC);
      }
    }
  }

  /** An address of the folder for checkpoints that Flink understands. */
  static URI checkpointDir(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          TrainerConfig.CHECKPOINT_DIR + "=" + text + " is no URI: " + e.getMessage(), e);
    }
    throw new ConfigException(
        TrainerConfig.CHECKPOINT_DIR
            + "="
            + text
            + " has no scheme; write it as file:///path/to/folder");
  }
}
