package io.shoal.inference;

import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import java.util.List;
import java.util.Random;

/** A real, small model of three features. */
final class TestModel {
  static final List<String> FEATURES = List.of("amount", "count", "mean");

  private TestModel() {}

  static ServedModel version(String version) {
    return new ServedModel("cards", version, data(), FEATURES);
  }

  static KMeansModelData data() {
    Random random = new Random(7);
    float[][] points = new float[2_000][FEATURES.size()];
    for (int i = 0; i < points.length; i++) {
      for (int f = 0; f < FEATURES.size(); f++) {
        points[i][f] = (float) random.nextGaussian() + i % 4 * 10;
      }
    }
    return KMeans.fit(points, 4);
  }
}
