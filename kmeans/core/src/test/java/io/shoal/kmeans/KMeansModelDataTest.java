package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KMeansModelDataTest {
  record Case(String message, UnaryOperator<KMeansModelData.Builder> change) {
    @Override
    public String toString() {
      return message;
    }
  }

  static List<Case> wrong() {
    return List.of(
        new Case("no clusters", b -> b.clusterIds(new int[0])),
        new Case("no features", b -> b.scales(new float[0])),
        new Case("do not fit", b -> b.centroids(new float[] {1, 2, 3})),
        new Case("do not fit", b -> b.weights(new double[] {1})),
        new Case("do not fit", b -> b.fraudWeights(new double[3])),
        new Case("do not fit", b -> b.legitimateWeights(new double[1])),
        new Case("no score sketch", b -> b.scoreSketch(new byte[0])),
        new Case("centroid value 1 is NaN", b -> b.centroids(new float[] {1, Float.NaN})),
        new Case("scale 0 is 0.0", b -> b.scales(new float[] {0})),
        new Case("scale 0 is Infinity", b -> b.scales(new float[] {Float.POSITIVE_INFINITY})),
        new Case("weight of cluster 1 is -1.0", b -> b.weights(new double[] {1, -1})),
        new Case("fraud weight of cluster 0", b -> b.fraudWeights(new double[] {Double.NaN, 0})),
        new Case("legitimate weight of cluster 1", b -> b.legitimateWeights(new double[] {0, -2})),
        new Case("cluster id 7 stands twice", b -> b.clusterIds(new int[] {7, 7})));
  }

  static List<Case> other() {
    byte[] sketch = Samples.model().build().scoreSketch();
    sketch[sketch.length - 1]++;
    return List.of(
        new Case("centroid", b -> b.centroids(new float[] {0, 100.00001f})),
        new Case("scale", b -> b.scales(new float[] {2})),
        new Case("weight", b -> b.weights(new double[] {500, 501})),
        new Case("id", b -> b.clusterIds(new int[] {7, 8})),
        new Case("fraud", b -> b.fraudWeights(new double[] {0, 1})),
        new Case("legitimate", b -> b.legitimateWeights(new double[] {1, 0})),
        new Case("scores", b -> b.scoreSketch(sketch)));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void shouldRefuse(Case wrong) {
    KMeansModelData.Builder builder = wrong.change().apply(Samples.model());

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(wrong.message());
  }

  @ParameterizedTest
  @MethodSource("other")
  void shouldHaveAnotherChecksumForAnother(Case other) {
    assertThat(other.change().apply(Samples.model()).build().checksum())
        .isNotEqualTo(Samples.model().build().checksum());
  }

  @Test
  void shouldHaveTheSameChecksumForTheSameNumbers() {
    assertThat(Samples.model().build().checksum())
        .isEqualTo(Samples.model().build().checksum())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void shouldNotChangeThroughTheArraysItTakesOrGives() {
    float[] centroids = {0, 100};
    KMeansModelData model = Samples.model().centroids(centroids).build();
    String before = model.checksum();
    centroids[0] = 5;
    model.centroids()[0] = 5;
    model.scales()[0] = 5;
    model.weights()[0] = 5;
    model.clusterIds()[0] = 5;
    model.scoreSketch()[0] = 5;

    assertThat(model.checksum()).isEqualTo(before);
  }

  @Test
  void shouldRankByRawScoresThatItIsGiven() {
    AnomalyScorer scorer =
        new AnomalyScorer(Samples.model().rawScores(9, 10, 11, 12, 13, 14, 15, 16, 17).build());
    Score score = new Score();
    scorer.score(new float[] {7}, score);

    assertThat(score.raw).isBetween(12.0, 13.0);
    assertThat(score.score).isBetween(0.4, 0.5);
  }

  @Test
  void shouldRefuseARawScoreThatIsNotFinite() {
    assertThatThrownBy(() -> Samples.model().rawScores(1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("raw score NaN is not finite");
  }
}
