package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.ClusterLineage.Change;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MiniBatchKMeansTest {
  @Test
  void shouldUpdateAsComputedByHand() {
    MiniBatchKMeans learner = pair(HalfLife.ofEvents(2));
    learner.learn(Samples.batch(1, 4, 4));

    KMeansModelData model = learner.snapshot();
    int low = lowest(model);
    // a = 1/2, n = 2, m = 2: n' = 3, c' = (1 * 1 + 8) / 3.
    assertThat(model.weights()[low]).isCloseTo(3, within(1e-12));
    assertThat(model.centroids()[low]).isEqualTo(3f);
  }

  @Test
  void shouldKeepCentreOfUnfedClusterExactly() {
    MiniBatchKMeans learner = pair(HalfLife.ofEvents(2));
    learner.learn(Samples.batch(1, 4, 4));

    KMeansModelData model = learner.snapshot();
    int high = 1 - lowest(model);
    assertThat(model.centroids()[high]).isEqualTo(101f);
    assertThat(model.weights()[high]).isCloseTo(1, within(1e-12));
  }

  @Test
  void shouldNotTurnTimeBackForALateBatch() {
    MiniBatchKMeans learner = pair(HalfLife.ofEventTime(Duration.ofSeconds(1)));
    learner.learn(new MiniBatch(new float[] {1}, 1, 1, 1_000));
    learner.learn(new MiniBatch(new float[] {1}, 1, 1, -5_000));
    learner.learn(new MiniBatch(new float[] {1}, 1, 1, 2_000));

    KMeansModelData model = learner.snapshot();
    assertThat(model.weights()[lowest(model)]).isCloseTo(2.5, within(1e-12));
    assertThat(model.weights()[1 - lowest(model)]).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void shouldGiveTheSameModelForTheSameSeed() {
    assertThat(seeded(5).snapshot().checksum()).isEqualTo(seeded(5).snapshot().checksum());
    assertThat(seeded(5).snapshot().checksum()).isNotEqualTo(seeded(6).snapshot().checksum());
  }

  @Test
  void shouldFindBlobsThatLieApart() {
    MiniBatchKMeans learner = Samples.learner(parameters(5, 3));
    Samples.learn(learner, 3, Samples.blobs(new Random(1), 20_000, 3, -100, -50, 0, 50, 100));

    float[] firsts = new float[5];
    float[] centroids = learner.snapshot().centroids();
    for (int j = 0; j < 5; j++) {
      firsts[j] = centroids[j * 3];
    }
    Arrays.sort(firsts);
    for (int j = 0; j < 5; j++) {
      assertThat(firsts[j]).isCloseTo(-100 + 50 * j, within(0.2f));
    }
    assertThat(learner.metrics().events()).isEqualTo(20_000);
    // The scales hold the distance between the blobs, so the mean within one is small.
    assertThat(learner.metrics().meanDistance2()).isBetween(1e-5, 0.01);
  }

  @Test
  void shouldRefuseABurstOfFarPoints() {
    MiniBatchKMeans learner = seasoned();
    float[] before = learner.snapshot().centroids();
    long refused = learner.metrics().refused();
    learner.learn(Samples.batch(2, Samples.blob(new Random(2), 50, 2, 1_000, 1)));

    assertThat(learner.snapshot().centroids()).isEqualTo(before);
    assertThat(learner.metrics().refused() - refused).isEqualTo(50);
    assertThat(learner.metrics().movement()).isZero();
  }

  @Test
  void shouldLearnFarPointsThatLast() {
    MiniBatchKMeans learner = seasoned();
    Samples.learn(learner, 2, Samples.blobs(new Random(2), 60_000, 2, 0, 1_000));

    float[] centroids = learner.snapshot().centroids();
    Arrays.sort(centroids);
    assertThat(centroids[centroids.length - 1]).isCloseTo(1_000, within(20f));
  }

  @Test
  void shouldReseedADeadClusterInLearnedTraffic() {
    MiniBatchKMeans learner =
        Samples.learner(
            parameters(2, 1)
                .halfLife(HalfLife.none())
                .learnablePercentile(0.999)
                .startPoints(10_000)
                .deadFraction(0.5));
    Random random = new Random(4);
    Samples.learn(learner, 1, Samples.blobs(random, 10_000, 1, 0, 100));
    Samples.learn(learner, 1, Samples.blob(random, 10_000, 1, 0, 1));
    assertThat(learner.snapshot().clusterIds()).containsExactlyInAnyOrder(0, 1);
    assertThat(learner.metrics().reseeded()).isZero();

    // Points this far would be drawn for certain, were they not refused.
    float[] points = Samples.blob(random, 1_005, 1, 0, 1);
    Arrays.fill(points, 1_000, 1_005, 1e6f);
    learner.learn(Samples.batch(1, points));

    KMeansModelData model = learner.snapshot();
    assertThat(learner.metrics().reseeded()).isOne();
    assertThat(model.lineage()).extracting(ClusterLineage::clusterId).contains(2);
    ClusterLineage reseeded =
        model.lineage().stream().filter(l -> l.clusterId() == 2).findFirst().orElseThrow();
    assertThat(reseeded.change()).isEqualTo(Change.RESEEDED);
    for (float centroid : model.centroids()) {
      assertThat(centroid).isBetween(-10f, 10f);
    }
    assertThat(learner.snapshot().lineage())
        .extracting(ClusterLineage::change)
        .containsOnly(Change.SAME);
  }

  @Test
  void shouldCountLabelsOfAClusterThatWasJustReseeded() {
    MiniBatchKMeans learner =
        Samples.learner(
            parameters(3, 1).halfLife(HalfLife.none()).startPoints(10).deadFraction(.1));
    learner.learn(Samples.batch(1, Samples.repeat(10, 5)));
    learner.learn(Samples.batch(1, 5, 5, 5, 9));
    learner.learnLabel(new float[] {9}, true, 0);

    KMeansModelData model = learner.snapshot();
    int reseeded = 0;
    for (int j = 0; j < 3; j++) {
      reseeded = model.clusterIds()[j] >= 3 ? j : reseeded;
    }
    assertThat(model.centroids()[reseeded]).isEqualTo(9f);
    assertThat(model.fraudWeights()[reseeded]).isOne();
  }

  @Test
  void shouldCountLabelsForTheNearestCluster() {
    MiniBatchKMeans learner = pair(HalfLife.none());
    learner.learnLabel(new float[] {99}, true, 0);
    learner.learnLabel(new float[] {2}, false, 0);

    KMeansModelData model = learner.snapshot();
    assertThat(model.fraudWeights()[1 - lowest(model)]).isOne();
    assertThat(model.legitimateWeights()[lowest(model)]).isOne();
    assertThat(model.fraudWeights()[lowest(model)]).isZero();
  }

  @Test
  void shouldStartWithinABatchAndLearnItsRest() {
    MiniBatchKMeans learner =
        Samples.learner(parameters(1, 1).halfLife(HalfLife.none()).startPoints(3));
    learner.learn(Samples.batch(1, 1, 2));
    assertThat(learner.started()).isFalse();
    assertThatThrownBy(learner::snapshot)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2 of 3");

    learner.learn(Samples.batch(1, 3, 6, 8));
    assertThat(learner.snapshot().centroids()).containsExactly(4f);
    assertThat(learner.snapshot().weights()).containsExactly(5);
  }

  private static MiniBatchKMeansParameters.Builder parameters(int k, int d) {
    return MiniBatchKMeansParameters.builder().k(k).dimension(d);
  }

  /** Two clusters of weight 2 at 1 and 101. */
  private static MiniBatchKMeans pair(HalfLife halfLife) {
    MiniBatchKMeans learner =
        Samples.learner(parameters(2, 1).halfLife(halfLife).startPoints(4).deadFraction(0));
    learner.learn(Samples.batch(1, 0, 2, 100, 102));
    return learner;
  }

  private static MiniBatchKMeans seeded(long seed) {
    MiniBatchKMeans learner = Samples.learner(parameters(8, 2).seed(seed));
    Samples.learn(learner, 2, Samples.blob(new Random(9), 5_000, 2, 0, 1));
    return learner;
  }

  /** Has seen enough of one blob to refuse what lies far from it. */
  private static MiniBatchKMeans seasoned() {
    MiniBatchKMeans learner = Samples.learner(parameters(4, 2).halfLife(HalfLife.ofEvents(5_000)));
    Samples.learn(learner, 2, Samples.blob(new Random(1), 20_000, 2, 0, 1));
    return learner;
  }

  private static int lowest(KMeansModelData model) {
    return model.centroids()[0] < model.centroids()[1] ? 0 : 1;
  }
}
