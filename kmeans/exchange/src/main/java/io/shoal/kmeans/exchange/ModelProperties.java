package io.shoal.kmeans.exchange;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.ClusterLineage;
import io.shoal.kmeans.KMeansModelData;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model as named texts, for formats that have a place for texts but none for what they mean.
 * Lists are separated by a space; numbers are written so that they read back bit for bit.
 */
final class ModelProperties {
  static final String FORMAT = "format";
  static final String CLUSTER_IDS = "cluster_ids";
  static final String CENTROIDS = "centroids";
  static final String SCALES = "scales";
  private static final String WEIGHTS = "weights";
  private static final String FRAUD_WEIGHTS = "fraud_weights";
  private static final String LEGITIMATE_WEIGHTS = "legitimate_weights";
  private static final String SCORE_HISTOGRAM = "score_histogram";
  private static final String MEANS = "means";
  private static final String RISK_WEIGHTS = "risk_weights";
  private static final String LINEAGE = "lineage";
  private static final String CHECKSUM = "checksum";

  private static final String VERSION = "1";

  private ModelProperties() {}

  /** All of a model, in a fixed order. */
  static Map<String, String> of(KMeansModelData model) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(FORMAT, VERSION);
    texts.put(CLUSTER_IDS, text(model.clusterIds()));
    texts.put(CENTROIDS, text(model.centroids()));
    texts.put(SCALES, text(model.scales()));
    texts.put(WEIGHTS, text(model.weights()));
    texts.put(FRAUD_WEIGHTS, text(model.fraudWeights()));
    texts.put(LEGITIMATE_WEIGHTS, text(model.legitimateWeights()));
    texts.put(SCORE_HISTOGRAM, Base64.getEncoder().encodeToString(model.scoreSketch()));
    if (model.riskWeights().length > 0) {
      texts.put(MEANS, text(model.means()));
      texts.put(RISK_WEIGHTS, text(model.riskWeights()));
    }
    texts.put(
        LINEAGE,
        model.lineage().stream().map(ModelProperties::text).collect(Collectors.joining(" ")));
    texts.put(CHECKSUM, model.checksum());
    return texts;
  }

  /**
   * The model that was written.
   *
   * @throws InvalidModelFileException when a text is missing, no number, or other than it was
   */
  static KMeansModelData model(Map<String, String> texts) {
    String version = required(texts, FORMAT);
    if (!version.equals(VERSION)) {
      throw new InvalidModelFileException(
          "its Shoal format is '"
              + version
              + "', this Shoal reads "
              + VERSION
              + "; read it with the Shoal that wrote it, or a newer one");
    }
    KMeansModelData model;
    try {
      model = build(texts);
      // A scorer also looks into the histogram.
      new AnomalyScorer(model);
    } catch (IllegalArgumentException e) {
      throw new InvalidModelFileException(
          "its Shoal properties are damaged (" + e.getMessage() + "); export it again", e);
    }
    String checksum = required(texts, CHECKSUM);
    if (!model.checksum().equals(checksum)) {
      throw new InvalidModelFileException(
          "its checksum is "
              + checksum
              + ", that of its numbers "
              + model.checksum()
              + ": it was changed after the export; export it again");
    }
    return model;
  }

  private static KMeansModelData build(Map<String, String> texts) {
    return KMeansModelData.builder()
        .clusterIds(items(texts, CLUSTER_IDS).mapToInt(Integer::parseInt).toArray())
        .centroids(floats(items(texts, CENTROIDS).toList()))
        .scales(floats(items(texts, SCALES).toList()))
        .weights(doubles(texts, WEIGHTS))
        .fraudWeights(doubles(texts, FRAUD_WEIGHTS))
        .legitimateWeights(doubles(texts, LEGITIMATE_WEIGHTS))
        .scoreSketch(Base64.getDecoder().decode(required(texts, SCORE_HISTOGRAM)))
        .means(floats(optional(texts, MEANS).toList()))
        .riskWeights(optional(texts, RISK_WEIGHTS).mapToDouble(Double::parseDouble).toArray())
        .lineage(items(texts, LINEAGE).map(ModelProperties::lineage).toList())
        .build();
  }

  static String text(int[] values) {
    return Arrays.stream(values).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  static String text(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.toString(values[i]))
        .collect(Collectors.joining(" "));
  }

  private static String text(double[] values) {
    return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" "));
  }

  /** {@code id:CHANGE:parent,parent}. */
  private static String text(ClusterLineage lineage) {
    String parents =
        lineage.parents().stream().map(String::valueOf).collect(Collectors.joining(","));
    return lineage.clusterId() + ":" + lineage.change() + ":" + parents;
  }

  private static ClusterLineage lineage(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("'" + text + "' is no id:CHANGE:parents");
    }
    List<Integer> parents =
        Stream.of(parts[2].split(",")).filter(p -> !p.isEmpty()).map(Integer::valueOf).toList();
    return new ClusterLineage(
        Integer.parseInt(parts[0]), ClusterLineage.Change.valueOf(parts[1]), parents);
  }

  static float[] floats(List<String> texts) {
    float[] values = new float[texts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(texts.get(i));
    }
    return values;
  }

  private static double[] doubles(Map<String, String> texts, String name) {
    return items(texts, name).mapToDouble(Double::parseDouble).toArray();
  }

  private static Stream<String> items(Map<String, String> texts, String name) {
    return items(required(texts, name));
  }

  private static Stream<String> optional(Map<String, String> texts, String name) {
    return items(texts.getOrDefault(name, ""));
  }

  private static Stream<String> items(String text) {
    return Stream.of(text.split(" ")).filter(item -> !item.isEmpty());
  }

  private static String required(Map<String, String> texts, String name) {
    String text = texts.get(name);
    if (text == null) {
      throw new InvalidModelFileException(
          "its Shoal property '" + name + "' is missing; export it again");
    }
    return text;
  }
}
