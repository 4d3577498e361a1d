package io.shoal.kmeans.exchange;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model with the names of its features: what a model file holds.
 *
 * @param model the model
 * @param features names {@code [d]}, in the order of the vectors; distinct, not blank, without
 *     control characters
 */
public record NamedModel(KMeansModelData model, List<String> features) {
  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException when the number of names or a name is wrong
   */
  public NamedModel {
    features = List.copyOf(features);
    if (features.size() != model.dimension()) {
      throw new IllegalArgumentException(
          "the model has "
              + model.dimension()
              + " features, "
              + features.size()
              + " are named: "
              + features
              + "; give one name per feature, in the order of the vectors");
    }
    Set<String> seen = new HashSet<>();
    for (String feature : features) {
      if (feature.isBlank() || !feature.codePoints().allMatch(NamedModel::isText)) {
        throw new IllegalArgumentException(
            "feature name '" + feature + "' is blank or has control characters; choose another");
      }
      if (!seen.add(feature)) {
        throw new IllegalArgumentException(
            "two features are named '" + feature + "'; give each its own name");
      }
    }
  }

  /**
   * The same model with percentiles that are shares of these points, for a model whose file said
   * nothing of the traffic.
   *
   * @param points {@code [n * d]}, row-major, in feature units; a thousand at least, of usual
   *     traffic
   * @throws IllegalArgumentException when there is no point, or not a whole number of them
   * @throws io.shoal.kmeans.InvalidVectorException when a value is NaN or infinite
   */
  public NamedModel calibrated(float[] points) {
    int d = model.dimension();
    if (points.length == 0 || points.length % d != 0) {
      throw new IllegalArgumentException(
          points.length + " values are no points of " + d + " features; give [n * d] values");
    }
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score score = new Score();
    double[] raw = new double[points.length / d];
    for (int i = 0; i < raw.length; i++) {
      scorer.score(Arrays.copyOfRange(points, i * d, (i + 1) * d), score);
      raw[i] = score.raw;
    }
    return new NamedModel(
        KMeansModelData.builder()
            .centroids(model.centroids())
            .scales(model.scales())
            .weights(model.weights())
            .clusterIds(model.clusterIds())
            .fraudWeights(model.fraudWeights())
            .legitimateWeights(model.legitimateWeights())
            .lineage(model.lineage())
            .rawScores(raw)
            .build(),
        features);
  }

  /** Whether XML can hold it, and a list with one name a line. */
  private static boolean isText(int codePoint) {
    boolean surrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return !Character.isISOControl(codePoint)
        && !surrogate
        && codePoint != 0xFFFE
        && codePoint != 0xFFFF;
  }
}
