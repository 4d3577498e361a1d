package io.shoal.kmeans.exchange;

import io.shoal.kmeans.KMeansModelData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dmg.pmml.Array;
import org.dmg.pmml.DataField;
import org.dmg.pmml.Extension;
import org.dmg.pmml.PMML;
import org.dmg.pmml.clustering.Cluster;
import org.dmg.pmml.clustering.ClusteringField;
import org.dmg.pmml.clustering.ClusteringModel;
import org.jpmml.model.ArrayUtil;
import org.jpmml.model.PMMLException;

/** Reads a model from PMML, with Shoal's extensions or without. */
final class PmmlReader {
  /** For field weights that another tool wrote with fewer digits. */
  private static final double WEIGHT_TOLERANCE = 1e-6;

  /** An id that is an int. */
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

  private final ClusteringModel clustering;
  private final List<String> features;

  private PmmlReader(PMML pmml) {
    clustering = PmmlKind.kMeans(pmml);
    features =
        clustering.requireClusteringFields().stream().map(ClusteringField::requireField).toList();
    Set<String> inputs =
        pmml.requireDataDictionary().getDataFields().stream()
            .map(DataField::requireName)
            .collect(Collectors.toSet());
    for (String feature : features) {
      PmmlKind.require(inputs.contains(feature), "field '" + feature + "' is a derived one");
    }
  }

  /**
   * The one clustering model of a document.
   *
   * @throws InvalidModelFileException when there is none, or one that is not k-means, or damaged
   */
  static NamedModel model(PMML pmml) {
    try {
      PmmlReader reader = new PmmlReader(pmml);
      Map<String, String> extensions = reader.extensions();
      KMeansModelData model = extensions.isEmpty() ? reader.foreign() : reader.own(extensions);
      return new NamedModel(model, reader.features);
    } catch (PMMLException | IllegalArgumentException e) {
      throw new InvalidModelFileException(
          "its clustering model is damaged (" + e.getMessage() + "); export it again", e);
    }
  }

  private Map<String, String> extensions() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Extension extension : clustering.getExtensions()) {
      String name = extension.getName();
      String value = extension.getValue();
      if (PmmlWriter.EXTENDER.equals(extension.getExtender()) && name != null && value != null) {
        texts.put(name, value);
      }
    }
    return texts;
  }

  /** What Shoal wrote. */
  private KMeansModelData own(Map<String, String> extensions) {
    Map<String, String> texts = new LinkedHashMap<>(extensions);
    texts.put(ModelProperties.CENTROIDS, ModelProperties.text(centroids()));
    texts.put(
        ModelProperties.CLUSTER_IDS,
        clustering.requireClusters().stream().map(Cluster::getId).collect(Collectors.joining(" ")));
    KMeansModelData model = ModelProperties.model(texts);
    float[] scales = model.scales();
    double[] fieldWeights = fieldWeights();
    for (int f = 0; f < scales.length; f++) {
      double expected = PmmlWriter.fieldWeight(scales[f]);
      if (!(Math.abs(fieldWeights[f] - expected) <= WEIGHT_TOLERANCE * expected)) {
        throw new InvalidModelFileException(
            "the weight of field '"
                + features.get(f)
                + "' is "
                + fieldWeights[f]
                + ", that of its scale "
                + expected
                + ": it was changed after the export; export it again, or take out the Extension"
                + " elements to read it as another system's");
      }
    }
    return model;
  }

  /** What another system wrote, with neutral values for what it does not say. */
  private KMeansModelData foreign() {
    int k = clustering.requireClusters().size();
    float[] scales = new float[features.size()];
    double[] fieldWeights = fieldWeights();
    for (int f = 0; f < scales.length; f++) {
      scales[f] = (float) (1 / Math.sqrt(fieldWeights[f]));
    }
    return KMeansModelData.builder()
        .centroids(centroids())
        .scales(scales)
        .weights(sizes())
        .clusterIds(ids())
        .fraudWeights(new double[k])
        .legitimateWeights(new double[k])
        .rawScores(assumedScores(scales.length))
        .build();
  }

  /** One over the squared scales {@code [d]}. */
  private double[] fieldWeights() {
    return clustering.requireClusteringFields().stream()
        .map(ClusteringField::getFieldWeight)
        .mapToDouble(weight -> weight == null ? 1 : weight.doubleValue())
        .toArray();
  }

  private float[] centroids() {
    List<Cluster> clusters = clustering.requireClusters();
    int d = features.size();
    float[] centroids = new float[clusters.size() * d];
    for (int j = 0; j < clusters.size(); j++) {
      Array array = clusters.get(j).requireArray();
      List<String> centre = ArrayUtil.parse(array.requireType(), String.valueOf(array.getValue()));
      if (centre.size() != d) {
        throw new InvalidModelFileException(
            "cluster "
                + (j + 1)
                + " has "
                + centre.size()
                + " coordinates for "
                + d
                + " fields; export it again");
      }
      System.arraycopy(ModelProperties.floats(centre), 0, centroids, j * d, d);
    }
    return centroids;
  }

  /** Cluster sizes; all 1 when one is missing. */
  private double[] sizes() {
    List<Cluster> clusters = clustering.requireClusters();
    double[] sizes = new double[clusters.size()];
    for (int j = 0; j < sizes.length; j++) {
      Integer size = clusters.get(j).getSize();
      if (size == null) {
        Arrays.fill(sizes, 1);
        return sizes;
      }
      sizes[j] = size;
    }
    return sizes;
  }

  /** Cluster ids where they are distinct whole numbers, otherwise PMML's implicit 1 to k. */
  private int[] ids() {
    List<Cluster> clusters = clustering.requireClusters();
    boolean whole =
        clusters.stream().allMatch(c -> c.getId() != null && WHOLE.matcher(c.getId()).matches());
    if (whole) {
      int[] ids = clusters.stream().map(Cluster::getId).mapToInt(Integer::parseInt).toArray();
      if (Arrays.stream(ids).distinct().count() == ids.length) {
        return ids;
      }
    }
    return IntStream.rangeClosed(1, clusters.size()).toArray();
  }

  /**
   * Stands for the traffic that nobody has seen: the percentiles of an exponential distribution
   * whose mean is {@code d}, the number of features. Any such list keeps the order of scores; this
   * one uses the range in which they usually lie.
   */
  private static double[] assumedScores(int d) {
    return IntStream.range(1, 100).mapToDouble(i -> -d * Math.log(1 - i / 100.0)).toArray();
  }
}
