package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.ClusterLineage;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Models and points for tests. */
final class Models {
  private Models() {}

  /** A model in which every number is drawn by chance. */
  static NamedModel random(long seed, int k, int d, boolean labelled) {
    Random random = new Random(seed);
    int firstId = random.nextInt(1000);
    float[] centroids = new float[k * d];
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = (float) (10 * random.nextGaussian());
    }
    float[] scales = new float[d];
    for (int f = 0; f < d; f++) {
      scales[f] = (float) Math.exp(random.nextGaussian());
    }
    ClusterLineage.Change[] changes = ClusterLineage.Change.values();
    List<ClusterLineage> lineage = new ArrayList<>();
    for (int j = 0; j < k; j++) {
      List<Integer> parents = IntStream.range(0, random.nextInt(3)).boxed().toList();
      ClusterLineage.Change change = changes[random.nextInt(changes.length)];
      lineage.add(new ClusterLineage(firstId + j, change, parents));
    }
    double[] raw = doubles(random, 1 + random.nextInt(300), 5 * d);
    KMeansModelData model =
        KMeansModelData.builder()
            .centroids(centroids)
            .scales(scales)
            .weights(doubles(random, k, 1000))
            .clusterIds(IntStream.range(firstId, firstId + k).toArray())
            .fraudWeights(labelled ? doubles(random, k, 20) : new double[k])
            .legitimateWeights(doubles(random, k, 5))
            .rawScores(raw)
            .lineage(lineage)
            .build();
    return new NamedModel(model, names(d));
  }

  /** A model that has learned 20,000 points of three blobs, and some fraud. */
  static NamedModel learned(int k, int d) {
    AssignmentKernel kernel = KernelProvider.load(KernelChoice.SCALAR);
    MiniBatchKMeans learner =
        new MiniBatchKMeans(MiniBatchKMeansParameters.builder().k(k).dimension(d).build(), kernel);
    Random random = new Random(17);
    for (int batch = 0; batch < 40; batch++) {
      float[] points = new float[500 * d];
      for (int i = 0; i < points.length; i++) {
        points[i] = (float) (i / d % 3 * 20 + random.nextGaussian());
      }
      learner.learn(new MiniBatch(points, 500, d, batch));
    }
    learner.learnLabel(new float[d], true, 40);
    return new NamedModel(learner.snapshot(), names(d));
  }

  /** Bit for bit. */
  static void assertSame(NamedModel actual, NamedModel expected) {
    assertThat(actual.features()).isEqualTo(expected.features());
    assertThat(actual.model().checksum()).isEqualTo(expected.model().checksum());
    assertThat(actual.model().lineage()).isEqualTo(expected.model().lineage());
  }

  static List<String> names(int d) {
    return IntStream.range(0, d).mapToObj(f -> "feature_" + f).toList();
  }

  /** Points around the centroids of a model, by this many scales off, {@code [n * d]}. */
  static float[] points(KMeansModelData model, long seed, int n, double deviation) {
    Random random = new Random(seed);
    int d = model.dimension();
    float[] centroids = model.centroids();
    float[] scales = model.scales();
    float[] points = new float[n * d];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(model.clusters());
      for (int f = 0; f < d; f++) {
        double off = deviation * scales[f] * random.nextGaussian();
        points[i * d + f] = (float) (centroids[j * d + f] + off);
      }
    }
    return points;
  }

  static float[] point(float[] points, int i, int d) {
    return Arrays.copyOfRange(points, i * d, (i + 1) * d);
  }

  private static double[] doubles(Random random, int n, double mean) {
    return DoubleStream.generate(() -> -mean * Math.log(1 - random.nextDouble()))
        .limit(n)
        .toArray();
  }
}
