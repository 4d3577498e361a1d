package io.shoal.registry.server.gates;

import java.util.List;
import java.util.Optional;

/** Finds a model's features in the vectors of a feature set. */
@FunctionalInterface
public interface FeatureLookup {
  /**
   * Where each feature stands in a vector.
   *
   * @param fingerprint of the feature set that computed the vectors
   * @param features by name
   * @return indexes in the order of the names; empty when the feature set is not known
   */
  Optional<int[]> indexes(String fingerprint, List<String> features);
}
