package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AnomalyScorerTest {
  private final Score score = new Score();

  @Test
  void shouldSayWhatEachFeatureAddsToTheDistance() {
    KMeansModelData model =
        new KMeans(KMeansParameters.of(3), new ScalarAssignmentKernel())
            .fitModel(Samples.blob(new Random(2), 500, 7, 0, 2), 500, 7);
    AnomalyScorer scorer = new AnomalyScorer(model);
    float[] x = {1, 2, 3, 4, 5, 6, 7};
    float[] contributions = scorer.contributions(x);
    Score score = scorer.score(x);

    double sum = 0;
    for (float contribution : contributions) {
      sum += contribution;
    }
    assertThat(sum).isCloseTo(score.distance2, within(1e-5 * score.distance2));
    for (int i = 0; i < Score.TOP; i++) {
      assertThat(score.topShares[i])
          .isCloseTo(contributions[score.topFeatures[i]] / score.distance2, within(1e-6f));
    }
  }

  @Test
  void shouldAgreeWithAScoreComputedByHand() {
    new AnomalyScorer(Samples.model().scales(new float[] {2}).build())
        .score(new float[] {94}, score);

    assertThat(score.clusterId).isEqualTo(9);
    assertThat(score.distance2).isEqualTo(9f);
    assertThat(score.raw).isCloseTo(3 * Math.log(1 + 9) + Math.log(2), within(1e-6));
    assertThat(score.topFeatures).containsExactly(0, -1, -1);
    assertThat(score.topShares).containsExactly(1f, 0f, 0f);
  }

  @Test
  void shouldTakeTheLowestRowOnATie() {
    new AnomalyScorer(Samples.model().build()).score(new float[] {50}, score);

    assertThat(score.clusterId).isEqualTo(7);
  }

  @Property(tries = 200)
  void shouldExplainTheWholeDistanceOfFewFeatures(
      @ForAll @IntRange(min = 1, max = 3) int d, @ForAll long seed) {
    Random random = new Random(seed);
    AnomalyScorer scorer =
        new AnomalyScorer(
            Samples.model()
                .centroids(Samples.blob(random, 2, d, 0, 3))
                .scales(Samples.repeat(d, 1.5f))
                .build());
    Score out = new Score();
    scorer.score(Samples.blob(random, 1, d, 0, 3), out);

    assertThat(out.topShares[0] + out.topShares[1] + out.topShares[2]).isCloseTo(1, within(1e-4f));
    assertThat(out.topShares[0]).isGreaterThanOrEqualTo(out.topShares[1]);
    assertThat(out.topShares[1]).isGreaterThanOrEqualTo(out.topShares[2]);
  }

  @Test
  void shouldNameTheLargestContributionsFirst() {
    AnomalyScorer scorer =
        new AnomalyScorer(
            Samples.model().centroids(new float[10]).scales(Samples.repeat(5, 1)).build());
    scorer.score(new float[] {1, 0, 3, -2, 4}, score);

    assertThat(score.topFeatures).containsExactly(4, 2, 3);
    assertThat(score.topShares).containsExactly(16 / 30f, 9 / 30f, 4 / 30f);
  }

  @Test
  void shouldNameNoReasonOnACentroid() {
    new AnomalyScorer(Samples.model().build()).score(new float[] {0}, score);

    assertThat(score.distance2).isZero();
    assertThat(score.topFeatures).containsOnly(-1);
  }

  @Test
  void shouldHaveNoRiskWithoutLabels() {
    new AnomalyScorer(Samples.model().build()).score(new float[] {0}, score);

    assertThat(score.risk).isNaN();
  }

  @Test
  void shouldSeeMoreRiskInAClusterWithFraud() {
    AnomalyScorer scorer =
        new AnomalyScorer(Samples.model().fraudWeights(new double[] {0, 100}).build());
    scorer.score(new float[] {1}, score);
    double without = score.risk;
    scorer.score(new float[] {101}, score);

    assertThat(without).isBetween(0.0, 0.05);
    assertThat(score.risk).isGreaterThan(3 * without).isLessThan(1);
  }

  @Test
  void shouldStayFiniteWhereScaledValuesOverflow() {
    AnomalyScorer scorer =
        new AnomalyScorer(
            Samples.model()
                .centroids(new float[] {3e38f, 3e38f})
                .scales(new float[] {1e-6f})
                .build());
    scorer.score(new float[] {3e38f}, score);

    assertThat(score.clusterId).isEqualTo(7);
    assertThat(score.distance2).isEqualTo(Float.MAX_VALUE);
    assertThat(score.score).isLessThan(1);
  }

  @Test
  void shouldRefuseAValueThatIsNotFinite() {
    assertThatThrownBy(
            () -> new AnomalyScorer(Samples.model().build()).score(new float[] {Float.NaN}, score))
        .isInstanceOf(InvalidVectorException.class)
        .hasMessageContaining("value 0 is NaN");
  }

  @Test
  void shouldRankATightFarClumpAboveNormalPoints() {
    int d = 4;
    Random random = new Random(21);
    MiniBatchKMeans learner =
        Samples.learner(MiniBatchKMeansParameters.builder().k(16).dimension(d));
    Samples.learn(learner, d, withClump(random, 50_000, d));
    AnomalyScorer scorer = new AnomalyScorer(learner.snapshot());

    assertThat(areaUnderCurve(scorer, withClump(random, 5_000, d), d)).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void shouldAllocateNothingPerScore() {
    int d = 16;
    Random random = new Random(22);
    MiniBatchKMeans learner =
        Samples.learner(MiniBatchKMeansParameters.builder().k(64).dimension(d));
    Samples.learn(learner, d, Samples.blob(random, 2_000, d, 0, 1));
    learner.learnLabel(new float[d], true, 0);
    AnomalyScorer scorer = new AnomalyScorer(learner.snapshot());
    float[] x = Samples.blob(random, 1, d, 0, 2);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int round = 0; round < 2; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20_000; i++) {
        scorer.score(x, score);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }

    // Less than a byte per score: the measurement itself may allocate a little.
    assertThat(allocated).isLessThan(20_000);
  }

  /** Five blobs; every 250th point, 0.4 %, lies in a tight clump far from them. */
  private static float[] withClump(Random random, int n, int d) {
    float[] points = Samples.blobs(random, n, d, -20, -10, 0, 10, 20);
    for (int i = 0; i < n; i += 250) {
      for (int f = 0; f < d; f++) {
        points[i * d + f] = (float) ((f % 2 == 0 ? 60 : -60) + 0.1 * random.nextGaussian());
      }
    }
    return points;
  }

  private static double areaUnderCurve(AnomalyScorer scorer, float[] points, int d) {
    int n = points.length / d;
    double[] scores = new double[n];
    Score out = new Score();
    for (int i = 0; i < n; i++) {
      scorer.score(Arrays.copyOfRange(points, i * d, (i + 1) * d), out);
      scores[i] = out.score;
    }
    double won = 0;
    long pairs = 0;
    for (int i = 0; i < n; i += 250) {
      for (int j = 0; j < n; j++) {
        if (j % 250 != 0) {
          won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
          pairs++;
        }
      }
    }
    return won / pairs;
  }
}
