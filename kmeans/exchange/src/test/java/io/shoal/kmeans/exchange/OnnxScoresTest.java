package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** ONNX Runtime must say of every point what {@link AnomalyScorer} says. */
class OnnxScoresTest {
  /** Of sums of up to 40 floats in another order. */
  private static final double DISTANCE_TOLERANCE = 4e-6;

  /** What that can move a percentile: a bucket of all scores is 2 % of its distance wide. */
  private static final Offset<Double> RANDOM_TOLERANCE = within(2e-4);

  /** The scores of traffic are spread over many buckets. */
  private static final Offset<Double> LEARNED_TOLERANCE = within(1e-6);

  /** From within a cluster to far beyond every score that was seen. */
  private static final double[] DEVIATIONS = {0, 0.3, 1, 3, 10, 1e3, 1e9, 1e17};

  @Property(tries = 60)
  void shouldScoreRandomModelsAsTheScorerDoes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int k,
      @ForAll @IntRange(min = 1, max = 40) int d,
      @ForAll boolean labelled) {
    assertSameScores(Models.random(seed, k, d, labelled), 40, RANDOM_TOLERANCE);
  }

  @Test
  void shouldScoreALearnedModelAsTheScorerDoes() {
    assertSameScores(Models.learned(64, 16), 1_000, LEARNED_TOLERANCE);
  }

  @Test
  void shouldRankExtremePointsAmongEachOtherAsTheScorerDoes() {
    NamedModel named = Models.learned(8, 2);
    Score expected = new Score();
    AnomalyScorer scorer = new AnomalyScorer(named.model());
    try (OnnxScorer onnx = new OnnxScorer(named)) {
      double before = 0;
      for (float x = 100; x < 1e6; x *= 1.5f) {
        scorer.score(new float[] {x, -x}, expected);
        double score = onnx.score(x, -x).scores()[0];

        assertThat(score).isGreaterThan(before).isLessThan(1);
        // So far away clusters tie but for rounding, and the share of either may count.
        assertThat(1 - score).isCloseTo(1 - expected.score, within(0.02 * (1 - expected.score)));
        before = score;
      }
    }
  }

  @Test
  void shouldTakeTheLowestRowOnATie() {
    NamedModel named = new NamedModel(twoClusters(0, 100, 1), Models.names(1));
    try (OnnxScorer onnx = new OnnxScorer(named)) {
      assertThat(onnx.score(50, 51, 49).clusterIds()).containsExactly(7, 9, 7);
    }
  }

  @Test
  void shouldStayFiniteWhereScaledValuesOverflow() {
    NamedModel named = new NamedModel(twoClusters(3e38f, 3e38f, 1e-6f), Models.names(1));
    try (OnnxScorer onnx = new OnnxScorer(named)) {
      OnnxScorer.Result result = onnx.score(3e38f, -3e38f);

      assertThat(result.clusterIds()).containsExactly(7, 7);
      assertThat(result.distances2()).containsExactly(Float.MAX_VALUE, Float.MAX_VALUE);
      assertThat(Arrays.stream(result.scores())).allMatch(score -> score > 0.99 && score < 1);
    }
  }

  @Test
  void shouldMarkPointsThatAreNotFinite() {
    try (OnnxScorer onnx = new OnnxScorer(Models.learned(4, 2))) {
      OnnxScorer.Result result =
          onnx.score(Float.NaN, 0, 0, Float.NEGATIVE_INFINITY, 1, 1, Float.POSITIVE_INFINITY, 0);

      assertThat(result.clusterIds()[2]).isNotEqualTo(OnnxModels.NO_CLUSTER);
      assertThat(result.scores()[2]).isBetween(0.0, 1.0);
      for (int i : new int[] {0, 1, 3}) {
        assertThat(result.clusterIds()[i]).isEqualTo(OnnxModels.NO_CLUSTER);
        assertThat(result.distances2()[i]).isNaN();
        assertThat(result.scores()[i]).isNaN();
        assertThat(result.risks()[i]).isNaN();
      }
    }
  }

  @Test
  void shouldScoreNoPoint() {
    try (OnnxScorer onnx = new OnnxScorer(Models.learned(4, 2))) {
      assertThat(onnx.score().clusterIds()).isEmpty();
    }
  }

  @Test
  void shouldHaveARiskOnlyWithLabels() {
    try (OnnxScorer with = new OnnxScorer(Models.random(1, 5, 2, true));
        OnnxScorer without = new OnnxScorer(Models.random(1, 5, 2, false))) {
      assertThat(with.outputs()).containsExactly("cluster_id", "distance2", "score", "risk");
      assertThat(without.outputs()).containsExactly("cluster_id", "distance2", "score");
    }
  }

  private static void assertSameScores(NamedModel named, int n, Offset<Double> tolerance) {
    KMeansModelData model = named.model();
    int d = model.dimension();
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score expected = new Score();
    int ties = 0;
    try (OnnxScorer onnx = new OnnxScorer(named)) {
      for (double deviation : DEVIATIONS) {
        float[] points = Models.points(model, 3, n, deviation);
        OnnxScorer.Result result = onnx.score(points);
        for (int i = 0; i < n; i++) {
          scorer.score(Models.point(points, i, d), expected);
          assertThat(result.distances2()[i])
              .isCloseTo(
                  expected.distance2, within((float) (DISTANCE_TOLERANCE * expected.distance2)));
          if (result.clusterIds()[i] != expected.clusterId) {
            assertTie(model, Models.point(points, i, d), result.clusterIds()[i], expected);
            ties++;
            continue;
          }
          assertThat(result.scores()[i]).isCloseTo(expected.score, tolerance);
          if (result.risks().length > 0) {
            assertThat(result.risks()[i]).isCloseTo(expected.risk, riskTolerance(expected));
          } else {
            assertThat(expected.risk).isNaN();
          }
        }
      }
    }
    // Only from far away do clusters lie at the same distance but for rounding.
    assertThat(ties).isLessThan(DEVIATIONS.length * n / 4);
  }

  private static void assertTie(KMeansModelData model, float[] x, long other, Score expected) {
    int d = model.dimension();
    int row = Arrays.stream(model.clusterIds()).boxed().toList().indexOf((int) other);
    double distance2 = 0;
    for (int f = 0; f < d; f++) {
      double difference = ((double) x[f] - model.centroids()[row * d + f]) / model.scales()[f];
      distance2 += difference * difference;
    }
    assertThat(distance2)
        .isCloseTo(expected.distance2, within(DISTANCE_TOLERANCE * expected.distance2));
  }

  /** Risk weighs neighbours by the exponential of differences between distances. */
  private static Offset<Double> riskTolerance(Score expected) {
    return within(Math.min(1, 1e-4 + DISTANCE_TOLERANCE * expected.distance2));
  }

  private static KMeansModelData twoClusters(float first, float second, float scale) {
    double[] raw = new double[100];
    Arrays.setAll(raw, i -> i / 10.0);
    return KMeansModelData.builder()
        .centroids(new float[] {first, second})
        .scales(new float[] {scale})
        .weights(new double[] {500, 500})
        .clusterIds(new int[] {7, 9})
        .fraudWeights(new double[2])
        .legitimateWeights(new double[2])
        .rawScores(raw)
        .build();
  }
}
