package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoringFormulaTest {
  private static final int D = 3;

  private final Random random = new Random(5);

  @Test
  void shouldScoreAsTheScorerDoes() {
    MiniBatchKMeans learner =
        Samples.learner(MiniBatchKMeansParameters.builder().k(12).dimension(D));
    Samples.learn(learner, D, Samples.blobs(random, 20_000, D, 0, 5, 30));
    learner.learnLabel(new float[D], true, 0);
    KMeansModelData model = learner.snapshot();
    ScoringFormula formula = ScoringFormula.of(model);
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score expected = new Score();

    for (double deviation : new double[] {1, 5, 30, 1e4, 1e19}) {
      for (int i = 0; i < 200; i++) {
        float[] x = Samples.blob(random, 1, D, 3, deviation);
        scorer.score(x, expected);
        float[] distances2 = distances2(formula, x);
        int[] nearest = nearest(formula, distances2);
        double score = score(formula, raw(formula, x, distances2, nearest[0]));

        assertThat(formula.clusterIds()[nearest[0]]).isEqualTo(expected.clusterId);
        assertThat(score).isCloseTo(expected.score, within(1e-12));
        assertThat(risk(formula, x, score)).isCloseTo(expected.risk, within(1e-12));
      }
    }
  }

  @Test
  void shouldTakeTheRiskOfClustersWhereNoCurvesWereLearned() {
    KMeansModelData model = Samples.model().fraudWeights(new double[] {3, 1}).build();
    ScoringFormula formula = ScoringFormula.of(model);
    Score expected = new AnomalyScorer(model).score(new float[] {94});
    float[] distances2 = new float[formula.clusterIds().length];
    for (int j = 0; j < distances2.length; j++) {
      float z = 94 * formula.inverseScales()[0] - formula.scaledCentroids()[j];
      distances2[j] = z * z;
    }

    assertThat(formula.riskWeights()).isEmpty();
    assertThat(clusterRisk(formula, distances2, nearest(formula, distances2), expected.score))
        .isCloseTo(expected.risk, within(1e-12));
  }

  @Test
  void shouldHaveNoLogOddsWithoutLabels() {
    assertThat(ScoringFormula.of(Samples.model().build()).logOdds()).isEmpty();
  }

  @Test
  void shouldTakeClustersOfEqualWeightAllForLarge() {
    int k = 20;
    int[] ids = new int[k];
    Arrays.setAll(ids, j -> j);
    double[] equal = new double[k];
    Arrays.fill(equal, 5);
    KMeansModelData model =
        Samples.model()
            .centroids(new float[k])
            .clusterIds(ids)
            .weights(equal)
            .fraudWeights(new double[k])
            .legitimateWeights(new double[k])
            .build();

    assertThat(ScoringFormula.of(model).largeRows()).isEqualTo(ids);
  }

  private static float[] distances2(ScoringFormula formula, float[] x) {
    float[] z = new float[D];
    Scaling.scale(x, formula.inverseScales(), z);
    float[] distances2 = new float[formula.clusterIds().length];
    for (int j = 0; j < distances2.length; j++) {
      float sum = 0;
      for (int f = 0; f < D; f++) {
        float difference = z[f] - formula.scaledCentroids()[j * D + f];
        sum = Math.fma(difference, difference, sum);
      }
      distances2[j] = sum < Float.MAX_VALUE ? sum : Float.MAX_VALUE;
    }
    return distances2;
  }

  private static int[] nearest(ScoringFormula formula, float[] distances2) {
    Integer[] rows = new Integer[distances2.length];
    Arrays.setAll(rows, j -> j);
    Arrays.sort(rows, (a, b) -> Float.compare(distances2[a], distances2[b]));
    return Arrays.stream(rows).limit(formula.neighbours()).mapToInt(Integer::intValue).toArray();
  }

  private static double raw(ScoringFormula formula, float[] x, float[] distances2, int own) {
    int nearest = formula.largeRows()[0];
    for (int j : formula.largeRows()) {
      nearest = distances2[j] < distances2[nearest] ? j : nearest;
    }
    float[] z = new float[D];
    Scaling.scale(x, formula.inverseScales(), z);
    double sum = 0;
    for (int f = 0; f < D; f++) {
      float difference = z[f] - formula.scaledCentroids()[nearest * D + f];
      sum += Math.log1p(Math.min(difference * difference, Float.MAX_VALUE));
    }
    return formula.tail() * sum + formula.minusLogShares()[own];
  }

  private static double score(ScoringFormula formula, double raw) {
    double[] edges = formula.edges();
    double[] ranks = formula.ranks();
    int last = edges.length - 1;
    if (raw > edges[last]) {
      double beyond = (1 - ranks[last]) / (1 + (raw - edges[last]) / formula.tailScale());
      return Math.min(1 - beyond, Math.nextDown(1.0));
    }
    if (raw <= edges[0]) {
      return ranks[0] / (1 + (edges[0] - raw) / formula.tailScale());
    }
    int right = 1;
    while (edges[right] < raw) {
      right++;
    }
    double slope = (ranks[right] - ranks[right - 1]) / (edges[right] - edges[right - 1]);
    return ranks[right - 1] + (raw - edges[right - 1]) * slope;
  }

  private static double risk(ScoringFormula formula, float[] x, double score) {
    double[] knots = formula.knots();
    double logOdds =
        formula.riskWeights()[0] + formula.anomalyWeight() * Math.log(score / (1 - score));
    int at = 1;
    for (int f = 0; f < D; f++) {
      double u = ((double) x[f] - formula.means()[f]) * formula.inverseScales()[f];
      for (int s = 0; s + 1 < knots.length; s++) {
        double along = (u - knots[s]) / (knots[s + 1] - knots[s]);
        logOdds += formula.riskWeights()[at++] * Math.max(0, Math.min(1, along));
      }
    }
    return 1 / (1 + Math.exp(-logOdds));
  }

  private static double clusterRisk(
      ScoringFormula formula, float[] distances2, int[] nearest, double score) {
    double sum = 0;
    double weights = 0;
    for (int j : nearest) {
      double weight = Math.exp((double) distances2[nearest[0]] - distances2[j]);
      sum += weight * formula.logOdds()[j];
      weights += weight;
    }
    double logOdds = sum / weights + formula.anomalyWeight() * Math.log(score / (1 - score));
    return 1 / (1 + Math.exp(-logOdds));
  }
}
