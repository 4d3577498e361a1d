package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KMeansTest {
  private static final AssignmentKernel KERNEL = new ScalarAssignmentKernel();

  @Test
  void shouldRunLloydAsComputedByHand() {
    KMeansParameters parameters = unscaled(2);
    float[] points = {0, 1, 2, 9, 10, 20};
    // {0 1 2} {9 10 20} -> 1, 13 -> the same.
    KMeansFit fit = new KMeans(parameters, KERNEL).fitFrom(points, 6, 1, new float[] {0, 12});

    assertThat(fit.centroids()).containsExactly(1f, 13f);
    assertThat(fit.counts()).containsExactly(3, 3);
    assertThat(fit.ids()).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(fit.inertia()).isEqualTo(2 + 16 + 9 + 49);
    assertThat(fit.iterations()).isEqualTo(2);
    assertThat(fit.converged()).isTrue();
  }

  @Test
  void shouldSayThatItDidNotConverge() {
    float[] points = Samples.blob(new Random(1), 1_000, 2, 0, 1);
    KMeansFit fit =
        new KMeans(unscaled(8).withMaxIterations(1).withTolerance(0), KERNEL).fit(points, 1_000, 2);

    assertThat(fit.iterations()).isOne();
    assertThat(fit.converged()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(KMeansStart.class)
  void shouldFindBlobsWhateverTheUnits(KMeansStart start) {
    float[] points = Samples.blobs(new Random(1), 3_000, 2, -100, 0, 100);
    for (int i = 1; i < points.length; i += 2) {
      points[i] *= 1e6f;
    }
    KMeansFit fit =
        new KMeans(KMeansParameters.of(3).withStart(start).withStarts(10), KERNEL)
            .fit(points, 3_000, 2);

    float[] firsts = {fit.centroids()[0], fit.centroids()[2], fit.centroids()[4]};
    Arrays.sort(firsts);
    assertThat(firsts).containsExactly(new float[] {-100, 0, 100}, within(0.2f));
  }

  @Test
  void shouldTakeTheBestOfSeveralStarts() {
    float[] points = Samples.blob(new Random(3), 2_000, 2, 0, 1);
    KMeansParameters one = unscaled(12).withStart(KMeansStart.RANDOM);

    assertThat(new KMeans(one.withStarts(20), KERNEL).fit(points, 2_000, 2).inertia())
        .isLessThan(new KMeans(one, KERNEL).fit(points, 2_000, 2).inertia());
  }

  @Test
  void shouldGiveAnEmptyClusterThePointThatFitsWorst() {
    float[] points = {0, 1, 2, 50};
    KMeansFit fit = new KMeans(unscaled(2), KERNEL).fitFrom(points, 4, 1, new float[] {1, 1_000});

    assertThat(fit.centroids()).containsExactly(1f, 50f);
  }

  @Test
  void shouldNotDependOnTheNumberOfThreads() {
    float[] points = Samples.blob(new Random(4), 50_000, 3, 0, 1);
    KMeansFit one = fit(points, 1);
    KMeansFit four = fit(points, 4);

    assertThat(four.centroids()).isEqualTo(one.centroids());
    assertThat(four.ids()).isEqualTo(one.ids());
    assertThat(four.inertia()).isEqualTo(one.inertia());
  }

  @Test
  void shouldFitAModelThatScoresInOneLine() {
    float[][] rows = new float[1_000][];
    Random random = new Random(5);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[] {(float) random.nextGaussian(), 5 + (float) random.nextGaussian()};
    }
    AnomalyScorer scorer = new AnomalyScorer(KMeans.fit(rows, 4));

    assertThat(scorer.score(new float[] {0, 5}).score).isLessThan(0.9);
    assertThat(scorer.score(new float[] {9, 9}).score).isGreaterThan(0.999);
  }

  @Test
  void shouldGoOnOnlineFromABatchFit() {
    float[] history = Samples.blobs(new Random(6), 8_000, 2, 0, 100);
    KMeansModelData model = new KMeans(KMeansParameters.of(2), KERNEL).fitModel(history, 8_000, 2);
    MiniBatchKMeans learner =
        MiniBatchKMeans.from(
            model,
            MiniBatchKMeansParameters.builder().k(2).dimension(2).halfLife(HalfLife.none()).build(),
            KERNEL);

    assertThat(learner.started()).isTrue();
    assertThat(learner.snapshot().checksum()).isEqualTo(model.checksum());

    Samples.learn(learner, 2, Samples.blobs(new Random(7), 8_000, 2, 0, 100));
    float[] firsts = {learner.snapshot().centroids()[0], learner.snapshot().centroids()[2]};
    Arrays.sort(firsts);
    assertThat(firsts).containsExactly(new float[] {0, 100}, within(0.1f));
    assertThat(learner.snapshot().scales())
        .containsExactly(model.scales(), within(0.01f * model.scales()[0]));
    assertThat(Arrays.stream(learner.snapshot().weights()).sum()).isCloseTo(16_000, within(30d));
    assertThat(learner.snapshot().clusterIds()).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void shouldRefuseToGoOnFromAModelOfAnotherShape() {
    KMeansModelData model =
        new KMeans(KMeansParameters.of(2), KERNEL).fitModel(new float[] {0, 1, 5, 6}, 4, 1);

    assertThatThrownBy(
            () ->
                MiniBatchKMeans.from(
                    model, MiniBatchKMeansParameters.builder().k(3).dimension(1).build(), KERNEL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("k = 2, d = 1");
  }

  @Test
  void shouldStandDegenerateInput() {
    KMeans kmeans = new KMeans(KMeansParameters.of(2), KERNEL);
    assertThat(kmeans.fit(Samples.repeat(6, 7f), 6, 1).inertia()).isZero();
    assertThat(kmeans.fit(new float[] {1, 5, 2, 5, 3, 5, 4, 5}, 4, 2).centroids()[1]).isEqualTo(5f);
    float[] huge = {-1e30f, -1e30f, 1e30f, 1e30f};
    assertThat(kmeans.fit(huge, 4, 1).inertia()).isLessThan(1e-6);
    float[] tiny = {0, 1e-30f, 2e-30f, 3e-30f};
    assertThat(kmeans.fit(tiny, 4, 1).centroids()).doesNotContain(Float.NaN);
    assertThat(new KMeans(KMeansParameters.of(4), KERNEL).fit(tiny, 4, 1).inertia()).isZero();
  }

  @Test
  void shouldRefuseWhatItCannotFit() {
    KMeans kmeans = new KMeans(KMeansParameters.of(3), KERNEL);
    assertThatThrownBy(() -> kmeans.fit(new float[] {1, 2}, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower k");
    assertThatThrownBy(() -> kmeans.fit(new float[] {1, 2, Float.NaN}, 3, 1))
        .isInstanceOf(InvalidVectorException.class)
        .hasMessageContaining("2")
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> kmeans.fitFrom(new float[] {1, 2, 3}, 3, 1, new float[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no 3 centroids");
    assertThatThrownBy(() -> KMeans.fit(new float[0][], 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KMeans.fit(new float[][] {{1, 2}, {1}}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("row 1");
  }

  @Test
  void shouldRefuseParametersOutOfBounds() {
    KMeansParameters parameters = KMeansParameters.of(3);
    assertThatThrownBy(() -> parameters.withK(0)).hasMessageContaining("k must");
    assertThatThrownBy(() -> parameters.withStarts(0)).hasMessageContaining("starts");
    assertThatThrownBy(() -> parameters.withMaxIterations(0)).hasMessageContaining("maxIterations");
    assertThatThrownBy(() -> parameters.withTolerance(-1)).hasMessageContaining("tolerance");
    assertThatThrownBy(() -> parameters.withTolerance(Double.NaN)).hasMessageContaining("NaN");
  }

  private static KMeansFit fit(float[] points, int threads) {
    AssignmentKernel kernel = KernelProvider.load(KernelChoice.SCALAR, threads);
    return new KMeans(KMeansParameters.of(10).withMaxIterations(10), kernel)
        .fit(points, points.length / 3, 3);
  }

  private static KMeansParameters unscaled(int k) {
    return KMeansParameters.of(k).withStandardize(false);
  }
}
