package io.shoal.registry.server.http;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelDiff;
import io.shoal.registry.client.ModelDiff.MovedCluster;
import io.shoal.registry.client.ModelDiff.ScaleChange;
import io.shoal.schemas.avro.ModelVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares two versions of a model. */
final class Diffs {
  private Diffs() {}

  /** A model with what is needed to find its parts by id and name. */
  private record Side(
      KMeansModelData data,
      List<String> features,
      float[] centroids,
      float[] scales,
      double[] weights,
      double weight,
      Map<Integer, Integer> rows) {

    static Side of(ModelVersion version) {
      KMeansModelData data = ModelCodec.decode(version);
      Map<Integer, Integer> rows = new HashMap<>();
      int[] ids = data.clusterIds();
      for (int row = 0; row < ids.length; row++) {
        rows.put(ids[row], row);
      }
      double[] weights = data.weights();
      double sum = Arrays.stream(weights).sum();
      return new Side(
          data,
          version.getFeatures(),
          data.centroids(),
          data.scales(),
          weights,
          sum > 0 ? sum : 1,
          rows);
    }

    float centre(int row, int feature) {
      return centroids[row * data.dimension() + feature];
    }

    double share(int row) {
      return weights[row] / weight;
    }

    List<Integer> idsMissingIn(Side other) {
      return rows.keySet().stream().filter(id -> !other.rows.containsKey(id)).sorted().toList();
    }

    List<String> featuresMissingIn(Side other) {
      return features.stream().filter(name -> !other.features.contains(name)).toList();
    }
  }

  static ModelDiff between(
      String model, long from, ModelVersion older, long to, ModelVersion newer) {
    Side a = Side.of(older);
    Side b = Side.of(newer);
    List<String> common = a.features().stream().filter(b.features()::contains).toList();
    List<MovedCluster> moved = new ArrayList<>();
    double movement = 0;
    double weight = 0;
    for (Map.Entry<Integer, Integer> row : a.rows().entrySet()) {
      Integer there = b.rows().get(row.getKey());
      if (there != null) {
        MovedCluster cluster = moved(row.getKey(), a, row.getValue(), b, there, common);
        moved.add(cluster);
        movement += cluster.distance() * cluster.weightTo();
        weight += cluster.weightTo();
      }
    }
    moved.sort(
        Comparator.comparingDouble(MovedCluster::distance)
            .reversed()
            .thenComparingInt(MovedCluster::id));
    List<ScaleChange> scales =
        common.stream()
            .map(
                name ->
                    new ScaleChange(
                        name,
                        a.scales()[a.features().indexOf(name)],
                        b.scales()[b.features().indexOf(name)]))
            .toList();
    return new ModelDiff(
        model,
        from,
        to,
        weight > 0 ? movement / weight : 0,
        moved,
        b.idsMissingIn(a),
        a.idsMissingIn(b),
        scales,
        b.featuresMissingIn(a),
        a.featuresMissingIn(b));
  }

  private static MovedCluster moved(
      int id, Side a, int row, Side b, int there, List<String> common) {
    double sum = 0;
    double largest = 0;
    String feature = "";
    for (String name : common) {
      int at = a.features().indexOf(name);
      double step =
          (b.centre(there, b.features().indexOf(name)) - (double) a.centre(row, at))
              / a.scales()[at];
      sum += step * step;
      if (Math.abs(step) > largest) {
        largest = Math.abs(step);
        feature = name;
      }
    }
    return new MovedCluster(id, Math.sqrt(sum), feature, a.share(row), b.share(there));
  }
}
