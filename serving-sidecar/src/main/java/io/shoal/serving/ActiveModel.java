package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.schemas.avro.ModelVersion;
import java.util.List;

/** One version of a model, checked and ready to score vectors of one feature set. Immutable. */
public final class ActiveModel {
  private final String name;
  private final long version;
  private final List<String> features;
  private final int[] projection;
  private final AnomalyScorer scorer;

  private ActiveModel(
      String name, long version, List<String> features, int[] projection, AnomalyScorer scorer) {
    this.name = name;
    this.version = version;
    this.features = features;
    this.projection = projection;
    this.scorer = scorer;
  }

  /**
   * Checks a version and makes it ready.
   *
   * @throws InvalidModelException when its checksum, shape or numbers are wrong, or when it learned
   *     from another feature set
   */
  public static ActiveModel of(ModelVersion version, FeatureSet features) {
    if (!version.getFingerprint().equals(features.fingerprint())) {
      throw new InvalidModelException(
          version.getModelName(),
          version.getVersion(),
          "it learned from the feature set "
              + version.getFingerprint()
              + ", this sidecar computes "
              + features.fingerprint());
    }
    KMeansModelData data = ModelCodec.decode(version);
    List<String> names = List.copyOf(version.getFeatures());
    return new ActiveModel(
        version.getModelName(),
        version.getVersion(),
        names,
        features.indexesOf(names),
        new AnomalyScorer(data));
  }

  /** Name of the model. */
  public String name() {
    return name;
  }

  /** Number of the version. */
  public long version() {
    return version;
  }

  /** Number of features that the model uses. */
  int dimension() {
    return projection.length;
  }

  /** Name of a feature by its index in the model, {@code 0..dimension-1}. */
  String feature(int index) {
    return features.get(index);
  }

  /**
   * Scores a vector.
   *
   * @param values of the whole feature set
   * @param used receives the values that the model uses, {@code [dimension]}
   * @param score receives the result
   */
  void score(float[] values, float[] used, Score score) {
    for (int i = 0; i < projection.length; i++) {
      used[i] = values[projection[i]];
    }
    scorer.score(used, score);
  }
}
