package io.shoal.jobs;

import io.shoal.client.Models;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.registry.client.ColumnNames;
import java.io.IOException;

/**
 * The model that a training run goes on from where there is no checkpoint: a version of the model
 * registry, or a file.
 */
final class StartModel {
  private StartModel() {}

  /**
   * Reads a model.
   *
   * @param source as {@link Models#load} takes it
   * @throws IOException when it cannot be had now; trying again may help
   * @throws IllegalArgumentException when it is no model, or one that this trainer cannot go on
   *     from; trying again does not help
   */
  static KMeansModelData load(String source, TrainerSettings settings) throws IOException {
    Models.Loaded loaded;
    try {
      loaded = Models.loadVersion(source);
    } catch (InvalidModelFileException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    NamedModel named = loaded.named();
    require(source, TrainerConfig.MODEL_FEATURES, settings.features(), named.features());
    require(source, TrainerConfig.MODEL_K, settings.k(), named.model().clusters());
    String fingerprint = loaded.fingerprint().orElse(settings.fingerprint());
    // A file's columns have names and nothing else: these were compared.
    if (!fingerprint.equals(ColumnNames.fingerprint(named.features()))) {
      require(source, "feature set's fingerprint", settings.fingerprint(), fingerprint);
    }
    return named.model();
  }

  private static void require(String source, String what, Object wanted, Object found) {
    if (!wanted.equals(found)) {
      throw new IllegalArgumentException(
          source + ": its " + what + " is " + found + ", not " + wanted);
    }
  }
}
