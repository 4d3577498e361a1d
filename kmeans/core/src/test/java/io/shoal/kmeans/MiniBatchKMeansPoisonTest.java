package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same 5 % of points at one far place: passing by they are poison and move nothing, staying
 * they are the new normal and are followed. docs/training.md states these bounds.
 */
class MiniBatchKMeansPoisonTest {
  private static final int D = 8;
  private static final int BLOBS = 8;
  private static final int BATCH = 500;
  private static final int HISTORY = 100_000;
  private static final double SHARE = 0.05;

  /** Longest burst of that share that is told from drift by its length. */
  private static final int BURST = 4_000;

  /** In standard deviations of a blob. */
  private static final double MOVED_MAX = 0.1;

  private static final int FOLLOWED_MAX = 20_000;

  private final Random random = new Random(3);
  private final float[] centres = centres();

  @ParameterizedTest
  @CsvSource({"8, 0, 20", "8, 20000, 60", "16, 0, 60", "16, 20000, 20", "32, 100000, 60"})
  void shouldNotBeMovedByABurst(int k, long halfLife, float far) {
    MiniBatchKMeans learner = withHistory(k, halfLife);
    float[] before = learner.snapshot().centroids();
    learn(learner, BURST, SHARE, far);
    float[] after = learner.snapshot().centroids();

    double moved =
        IntStream.range(0, k).mapToDouble(j -> distance(before, j, after, j)).max().orElseThrow();
    assertThat(moved).isLessThan(MOVED_MAX);
    assertThat(learner.metrics().quarantined()).isGreaterThan((int) (0.9 * SHARE * BURST));
  }

  @ParameterizedTest
  @CsvSource({"8, 0, 20", "8, 20000, 60", "16, 0, 60", "16, 20000, 20", "32, 100000, 60"})
  void shouldFollowADriftThatLasts(int k, long halfLife, float far) {
    MiniBatchKMeans learner = withHistory(k, halfLife);
    float[] place = new float[D];
    Arrays.fill(place, far);
    int events = 0;
    while (nearest(learner.snapshot(), place) > 1) {
      assertThat(events).isLessThan(FOLLOWED_MAX);
      learn(learner, BATCH, SHARE, far);
      events += BATCH;
    }

    assertThat(events).isGreaterThan(BURST);
    assertThat(learner.metrics().reseeded()).isEqualTo(1);
    assertThat(learner.metrics().quarantined()).isLessThan(10);
  }

  @Test
  void shouldTellWhichClustersBecameOne() {
    MiniBatchKMeans learner = withHistory(16, 20_000);
    KMeansModelData before = learner.snapshot();
    learn(learner, FOLLOWED_MAX, SHARE, 60);
    KMeansModelData after = learner.snapshot();

    assertThat(after.lineage())
        .filteredOn(l -> l.change() == ClusterLineage.Change.RESEEDED)
        .singleElement()
        .satisfies(l -> assertThat(before.clusterIds()).doesNotContain(l.clusterId()));
    assertThat(after.lineage())
        .filteredOn(l -> l.change() == ClusterLineage.Change.MERGED)
        .singleElement()
        .satisfies(
            l -> {
              assertThat(before.clusterIds()).contains(l.clusterId());
              assertThat(l.parents()).hasSize(2).contains(l.clusterId());
              assertThat(before.clusterIds()).contains(l.parents().get(1));
              assertThat(after.clusterIds()).doesNotContain(l.parents().get(1));
            });
  }

  private MiniBatchKMeans withHistory(int k, long halfLife) {
    MiniBatchKMeans learner =
        Samples.learner(
            MiniBatchKMeansParameters.builder()
                .k(k)
                .dimension(D)
                .halfLife(halfLife == 0 ? HalfLife.none() : HalfLife.ofEvents(halfLife)));
    learn(learner, HISTORY, 0, 0);
    return learner;
  }

  /** Learns traffic of which a share comes from one place. */
  private void learn(MiniBatchKMeans learner, int events, double share, float place) {
    for (int e = 0; e < events; e += BATCH) {
      float[] points = new float[BATCH * D];
      for (int i = 0; i < BATCH; i++) {
        boolean strange = random.nextDouble() < share;
        int blob = random.nextInt(BLOBS);
        for (int f = 0; f < D; f++) {
          double noise = random.nextGaussian();
          points[i * D + f] =
              (float) (strange ? place + 0.5 * noise : centres[blob * D + f] + noise);
        }
      }
      learner.learn(Samples.batch(D, points));
    }
  }

  private static float[] centres() {
    Random places = new Random(5);
    float[] centres = new float[BLOBS * D];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = places.nextFloat() * 20 - 10;
    }
    return centres;
  }

  private static double nearest(KMeansModelData model, float[] place) {
    float[] centroids = model.centroids();
    return IntStream.range(0, model.clusters())
        .mapToDouble(j -> distance(centroids, j, place, 0))
        .min()
        .orElseThrow();
  }

  private static double distance(float[] a, int i, float[] b, int j) {
    double sum = 0;
    for (int f = 0; f < D; f++) {
      double difference = a[i * D + f] - b[j * D + f];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
