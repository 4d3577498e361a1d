package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** Real, if small, models: learned from random vectors of the real feature set. */
final class TestModels {
  static final FeatureSet FEATURES = FeatureSet.cardTransactions();

  /** Learning is most of the time of many tests. */
  private static final Map<Long, KMeansModelData> LEARNED = new ConcurrentHashMap<>();

  private TestModels() {}

  static ModelUpdate champion(long version) {
    return new ModelUpdate(
        "default",
        "champion",
        Instant.EPOCH,
        "test",
        version(version, FEATURES.fingerprint()),
        null);
  }

  static ModelVersion version(long number, String fingerprint) {
    List<String> names = FEATURES.modelFeatures();
    ModelVersion version =
        ModelCodec.encode(
            LEARNED.computeIfAbsent(number, seed -> learned(names.size(), seed)),
            new ModelMetadata(
                "default",
                Instant.EPOCH,
                Instant.EPOCH,
                "test-job",
                number,
                fingerprint,
                names,
                Map.of(),
                Map.of(),
                List.of()));
    version.setVersion(number);
    return version;
  }

  private static KMeansModelData learned(int dimension, long seed) {
    AssignmentKernel kernel = KernelProvider.load(KernelChoice.SCALAR);
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(4).dimension(dimension).seed(seed).build(),
            kernel);
    Random random = new Random(seed);
    int n = 4_000;
    float[] points = new float[n * dimension];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) Math.abs(random.nextGaussian()) * 30;
    }
    learner.learn(new MiniBatch(points, n, dimension, 0L));
    return learner.snapshot();
  }
}
