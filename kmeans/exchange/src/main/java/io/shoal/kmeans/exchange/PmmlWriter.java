package io.shoal.kmeans.exchange;

import io.shoal.kmeans.KMeansModelData;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dmg.pmml.Application;
import org.dmg.pmml.Array;
import org.dmg.pmml.CompareFunction;
import org.dmg.pmml.ComparisonMeasure;
import org.dmg.pmml.DataDictionary;
import org.dmg.pmml.DataField;
import org.dmg.pmml.DataType;
import org.dmg.pmml.Extension;
import org.dmg.pmml.Header;
import org.dmg.pmml.MiningField;
import org.dmg.pmml.MiningFunction;
import org.dmg.pmml.MiningSchema;
import org.dmg.pmml.OpType;
import org.dmg.pmml.Output;
import org.dmg.pmml.OutputField;
import org.dmg.pmml.PMML;
import org.dmg.pmml.ResultFeature;
import org.dmg.pmml.SquaredEuclidean;
import org.dmg.pmml.Version;
import org.dmg.pmml.clustering.Cluster;
import org.dmg.pmml.clustering.ClusteringField;
import org.dmg.pmml.clustering.ClusteringModel;

/** Writes a model as PMML. */
final class PmmlWriter {
  /** The {@code extender} of the elements that are Shoal's own. */
  static final String EXTENDER = "Shoal";

  private PmmlWriter() {}

  static PMML pmml(NamedModel named) {
    DataDictionary dictionary = new DataDictionary();
    MiningSchema schema = new MiningSchema();
    for (String feature : named.features()) {
      dictionary.addDataFields(new DataField(feature, OpType.CONTINUOUS, DataType.DOUBLE));
      schema.addMiningFields(new MiningField(feature));
    }
    dictionary.setNumberOfFields(named.features().size());
    Header header =
        new Header()
            .setDescription("k-means with a scale per field")
            .setApplication(new Application("Shoal"));
    return new PMML(Version.PMML_4_4.getVersion(), header, dictionary)
        .addModels(clusteringModel(named, schema));
  }

  /**
   * PMML's squared Euclidean distance is {@code sum_f fieldWeight_f (x_f - c_f)^2}: one over the
   * squared scale as the field weight makes it Shoal's, and leaves the centroids in feature units.
   */
  static double fieldWeight(float scale) {
    return 1 / ((double) scale * scale);
  }

  private static ClusteringModel clusteringModel(NamedModel named, MiningSchema schema) {
    KMeansModelData model = named.model();
    ComparisonMeasure measure =
        new ComparisonMeasure(ComparisonMeasure.Kind.DISTANCE, new SquaredEuclidean())
            .setCompareFunction(CompareFunction.ABS_DIFF);
    ClusteringModel clustering =
        new ClusteringModel(
                MiningFunction.CLUSTERING,
                ClusteringModel.ModelClass.CENTER_BASED,
                model.clusters(),
                schema,
                measure,
                fields(named.features(), model.scales()),
                clusters(model))
            .setAlgorithmName("k-means")
            .setOutput(output());
    // Centroids and ids stand in the clusters.
    for (Map.Entry<String, String> text : ModelProperties.of(model).entrySet()) {
      if (!text.getKey().equals(ModelProperties.CENTROIDS)
          && !text.getKey().equals(ModelProperties.CLUSTER_IDS)) {
        clustering.addExtensions(
            new Extension(text.getKey(), text.getValue()).setExtender(EXTENDER));
      }
    }
    return clustering;
  }

  private static List<ClusteringField> fields(List<String> features, float[] scales) {
    ClusteringField[] fields = new ClusteringField[scales.length];
    Arrays.setAll(
        fields, f -> new ClusteringField(features.get(f)).setFieldWeight(fieldWeight(scales[f])));
    return List.of(fields);
  }

  private static List<Cluster> clusters(KMeansModelData model) {
    int d = model.dimension();
    float[] centroids = model.centroids();
    int[] ids = model.clusterIds();
    double[] weights = model.weights();
    Cluster[] clusters = new Cluster[ids.length];
    Arrays.setAll(
        clusters,
        j -> {
          float[] centre = Arrays.copyOfRange(centroids, j * d, (j + 1) * d);
          return new Cluster(new Array(Array.Type.REAL, ModelProperties.text(centre)).setN(d))
              .setId(Integer.toString(ids[j]))
              .setSize((int) Math.min(Math.round(weights[j]), Integer.MAX_VALUE));
        });
    return List.of(clusters);
  }

  private static Output output() {
    return new Output()
        .addOutputFields(
            new OutputField(OnnxModels.CLUSTER_ID, OpType.CATEGORICAL, DataType.STRING)
                .setResultFeature(ResultFeature.PREDICTED_VALUE),
            new OutputField(OnnxModels.DISTANCE2, OpType.CONTINUOUS, DataType.DOUBLE)
                .setResultFeature(ResultFeature.AFFINITY));
  }
}
