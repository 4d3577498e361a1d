package io.shoal.registry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.ScalarAssignmentKernel;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCodecTest {
  private static final List<String> FEATURES = List.of("amount", "night", "terminal_count_7d");

  @Test
  void shouldReadWhatItWrote() {
    KMeansModelData model = learned();
    ModelVersion version = ModelCodec.encode(model, metadata(FEATURES));

    KMeansModelData read = ModelCodec.decode(version);

    assertThat(version.getVersion()).isZero();
    assertThat(version.getOffsets()).containsExactly(new LearnedOffset("features", 0, 600L));
    assertThat(read.checksum()).isEqualTo(model.checksum());
    assertThat(read.centroids()).isEqualTo(model.centroids());
    assertThat(read.scales()).isEqualTo(model.scales());
    assertThat(read.weights()).isEqualTo(model.weights());
    assertThat(read.clusterIds()).isEqualTo(model.clusterIds());
    assertThat(read.fraudWeights()).isEqualTo(model.fraudWeights());
    assertThat(read.legitimateWeights()).isEqualTo(model.legitimateWeights());
    assertThat(read.scoreSketch()).isEqualTo(model.scoreSketch());
    assertThat(read.lineage()).isEqualTo(model.lineage());
  }

  @Test
  void shouldRefuseNamesThatDoNotFitTheModel() {
    KMeansModelData model = learned();

    assertThatThrownBy(() -> ModelCodec.encode(model, metadata(List.of("amount"))))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("3 features");
    assertRefused(v -> v.setFeatures(List.of("amount", "night")), "names 2 features and has 3");
  }

  @Test
  void shouldRefuseAModelThatWasChangedOnTheWay() {
    assertRefused(
        v -> v.setCentroids(replaced(v.getCentroids(), v.getCentroids().get(0) + 1)), "checksum");
    assertRefused(v -> v.setChecksum("0".repeat(64)), "checksum");
    assertRefused(
        v -> {
          List<Double> weights = new ArrayList<>(v.getFraudWeights());
          weights.set(1, weights.get(1) + 1e-9);
          v.setFraudWeights(weights);
        },
        "checksum");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldRefuseNumbersThatAreNotFinite(float value) {
    assertRefused(v -> v.setCentroids(replaced(v.getCentroids(), value)), "model cards version 12");
  }

  @Test
  void shouldRefuseWrongShapes() {
    assertRefused(v -> v.setScales(List.of()), "model cards version 12");
    assertRefused(v -> v.setClusterIds(List.of(1)), "model cards version 12");
    assertRefused(v -> v.setCentroids(List.of()), "model cards version 12");
    assertRefused(v -> v.setWeights(List.of(1.0)), "model cards version 12");
    assertRefused(v -> v.setScoreSketch(ByteBuffer.wrap(new byte[] {9})), "model cards version 12");
  }

  private static void assertRefused(Consumer<ModelVersion> damage, String message) {
    ModelVersion version = ModelCodec.encode(learned(), metadata(FEATURES));
    version.setVersion(12L);
    damage.accept(version);
    assertThatThrownBy(() -> ModelCodec.decode(version))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(message);
  }

  private static List<Float> replaced(List<Float> values, float first) {
    List<Float> changed = new ArrayList<>(values);
    changed.set(0, first);
    return changed;
  }

  private static KMeansModelData learned() {
    int d = FEATURES.size();
    int n = 600;
    SplittableRandom random = new SplittableRandom(3);
    float[] points = new float[n * d];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (i / d % 2 * 10 + random.nextGaussian());
    }
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(2).dimension(d).seed(1).startPoints(200).build(),
            new ScalarAssignmentKernel());
    learner.learn(new MiniBatch(points, n, d, 0));
    learner.learnLabel(new float[] {10, 10, 10}, true, 0);
    return learner.snapshot();
  }

  private static ModelMetadata metadata(List<String> features) {
    return new ModelMetadata(
        "cards",
        Instant.ofEpochSecond(2),
        Instant.ofEpochSecond(1),
        "job",
        1,
        "f00d",
        features,
        Map.of("k", "2"),
        Map.of("events_learned", 600.0),
        List.of(new LearnedOffset("features", 0, 600L)));
  }
}
