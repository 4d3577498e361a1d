package io.shoal.cli;

import io.shoal.kmeans.KMeansModelData;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a model's clusters are, for people: how much of the traffic, and what sets them apart. */
final class ClusterTable {
  private static final int FEATURES_TOLD = 3;

  private ClusterTable() {}

  /**
   * One line per cluster, the largest first; of its centre the features that lie furthest from the
   * mean, in standard deviations.
   */
  static String of(KMeansModelData model, List<String> features) {
    double[] weights = model.weights();
    double total = IntStream.range(0, weights.length).mapToDouble(j -> weights[j]).sum();
    float[] centroids = model.centroids();
    double[] means = means(centroids, weights, total, features.size());
    String rows =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> weights[j]).reversed())
            .map(
                j ->
                    String.format(
                        Locale.ROOT,
                        "%7d  %,10.0f  %5.1f %%  %s%n",
                        model.clusterIds()[j],
                        weights[j],
                        100 * weights[j] / total,
                        apart(j, centroids, model.scales(), means, features)))
            .collect(Collectors.joining());
    return String.format(
            "cluster        rows    share  what sets it apart (standard deviations from the mean)%n")
        + rows;
  }

  private static String apart(
      int cluster, float[] centroids, float[] scales, double[] means, List<String> features) {
    int d = means.length;
    double[] deviations = new double[d];
    for (int f = 0; f < d; f++) {
      deviations[f] = (centroids[cluster * d + f] - means[f]) / scales[f];
    }
    return IntStream.range(0, d)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer f) -> Math.abs(deviations[f])).reversed())
        .limit(FEATURES_TOLD)
        .map(
            f ->
                String.format(
                    Locale.ROOT,
                    "%s %.4g (%+.1f)",
                    features.get(f),
                    centroids[cluster * d + f],
                    deviations[f]))
        .collect(Collectors.joining(", "));
  }

  private static double[] means(float[] centroids, double[] weights, double total, int d) {
    double[] means = new double[d];
    for (int i = 0; i < centroids.length; i++) {
      means[i % d] += weights[i / d] / total * centroids[i];
    }
    return means;
  }
}
