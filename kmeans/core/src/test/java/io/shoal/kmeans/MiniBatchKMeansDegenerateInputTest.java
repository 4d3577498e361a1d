package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MiniBatchKMeansDegenerateInputTest {
  record Case(String name, int k, int d, float[] points) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> degenerate() {
    Random random = new Random(11);
    float[] constantFeature = Samples.blob(random, 600, 2, 0, 1);
    float[] signs = new float[1_200];
    for (int i = 0; i < constantFeature.length; i++) {
      constantFeature[i] = i % 2 == 0 ? 7 : constantFeature[i];
      signs[i] = random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
    }
    return List.of(
        new Case("more clusters than distinct points", 16, 2, Samples.repeat(300, 1, 2, 3, 4)),
        new Case("all points equal", 4, 3, Samples.repeat(600, 1, 2, 3)),
        new Case("all points zero", 4, 2, new float[1_200]),
        new Case("constant feature", 4, 2, constantFeature),
        new Case("one feature", 4, 1, Samples.blob(random, 600, 1, 0, 1)),
        new Case("one cluster", 1, 2, Samples.blob(random, 600, 2, 0, 1)),
        new Case("values of 1e30", 4, 2, Samples.blob(random, 600, 2, 0, 1e30)),
        new Case("values of 3e38", 4, 2, Samples.blob(random, 600, 2, 3e38, 5e36)),
        new Case("values of both ends of float", 4, 2, signs),
        new Case("largest values in many scales", 200, 32, largest(random, 600, 32)),
        new Case("equal values of 3e38", 4, 2, Samples.repeat(600, 3e38f, Float.MAX_VALUE)),
        new Case("values near zero", 4, 2, Samples.blob(random, 600, 2, 0, 1e-40)));
  }

  /** The largest floats of both signs, in other proportions in each feature. */
  private static float[] largest(Random random, int n, int d) {
    float[] points = new float[n * d];
    for (int i = 0; i < points.length; i++) {
      points[i] = random.nextInt(d + 1) > i % d ? Float.MAX_VALUE : -Float.MAX_VALUE;
    }
    return points;
  }

  @ParameterizedTest
  @MethodSource("degenerate")
  void shouldStayFinite(Case input) {
    MiniBatchKMeans learner = learner(input.k(), input.d());
    Samples.learn(learner, input.d(), input.points());

    // A model with a number that is not finite would be refused here.
    KMeansModelData model = learner.snapshot();
    assertThat(learner.metrics().meanDistance2()).isFinite();
    assertThat(learner.metrics().movement()).isFinite();
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score score = new Score();
    for (float value : new float[] {0, 1, 3e38f, -Float.MAX_VALUE, Float.MIN_VALUE}) {
      scorer.score(Samples.repeat(input.d(), value), score);
      assertThat(score.raw).isFinite();
      assertThat(score.distance2).isFinite().isNotNegative();
      assertThat(score.score).isGreaterThan(0).isLessThan(1);
    }
  }

  @Test
  void shouldStayFiniteAfterABatchOfHugeValues() {
    MiniBatchKMeans learner = learner(4, 2);
    Random random = new Random(12);
    Samples.learn(learner, 2, Samples.blob(random, 1_000, 2, 0, 1));
    Samples.learn(learner, 2, Samples.repeat(20, 3e38f, -3e38f));
    Samples.learn(learner, 2, Samples.blob(random, 20_000, 2, 0, 1));

    // A model with a number that is not finite would be refused here.
    assertThat(learner.snapshot().clusters()).isEqualTo(4);
    assertThat(learner.metrics().events()).isEqualTo(21_020);
  }

  @Test
  void shouldLearnNothingFromAnEmptyBatch() {
    MiniBatchKMeans learner = learner(2, 1);
    learner.learn(Samples.batch(1));
    assertThat(learner.started()).isFalse();

    Samples.learn(learner, 1, Samples.blob(new Random(1), 500, 1, 0, 1));
    String before = learner.snapshot().checksum();
    learner.learn(Samples.batch(1));
    assertThat(learner.snapshot().checksum()).isEqualTo(before);
    assertThat(learner.metrics().events()).isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldRefuseAValueThatIsNotFinite(float value) {
    MiniBatchKMeans learner = learner(2, 2);
    Samples.learn(learner, 2, Samples.blob(new Random(1), 500, 2, 0, 1));
    String before = learner.snapshot().checksum();

    assertThatThrownBy(() -> learner.learn(Samples.batch(2, 1, 2, 3, value)))
        .isInstanceOfSatisfying(
            InvalidVectorException.class, e -> assertThat(e.index()).isEqualTo(3))
        .hasMessageContaining("value 3 is " + value);
    assertThatThrownBy(() -> learner.learnLabel(new float[] {value, 0}, true, 0))
        .isInstanceOf(InvalidVectorException.class);
    assertThat(learner.snapshot().checksum()).isEqualTo(before);
  }

  @Test
  void shouldRefuseAnotherDimension() {
    assertThatThrownBy(() -> learner(2, 2).learn(Samples.batch(3, 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 features, the learner 2");
  }

  private static MiniBatchKMeans learner(int k, int d) {
    return Samples.learner(
        MiniBatchKMeansParameters.builder()
            .k(k)
            .dimension(d)
            .halfLife(HalfLife.ofEvents(1_000))
            .startPoints(200));
  }
}
