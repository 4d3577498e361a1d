package io.shoal.registry.client;

import io.shoal.schemas.avro.LearnedOffset;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where a model comes from.
 *
 * @param modelName name in the registry
 * @param createdAt when the trainer made it (wall clock)
 * @param eventTime latest event time it learned from
 * @param jobId identity of the training run; with the sequence it makes a candidate unique
 * @param sequence 1, 2, 3, ... within the job
 * @param fingerprint of the feature set whose vectors it learned from
 * @param features names of the features it uses, {@code [d]}
 * @param parameters of the learner
 * @param metrics of the learning
 * @param offsets after the last records learned from
 */
public record ModelMetadata(
    String modelName,
    Instant createdAt,
    Instant eventTime,
    String jobId,
    long sequence,
    String fingerprint,
    List<String> features,
    Map<String, String> parameters,
    Map<String, Double> metrics,
    List<LearnedOffset> offsets) {

  /** Copies the collections. */
  public ModelMetadata {
    features = List.copyOf(features);
    parameters = Map.copyOf(parameters);
    metrics = Map.copyOf(metrics);
    offsets = List.copyOf(offsets);
  }
}
