package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuarantineTest {
  private static final float[] FAR = {1_000, 1_000};

  @Test
  void shouldKeepTheLatestPoints() {
    Quarantine quarantine = new Quarantine(1);
    for (int i = 0; i < Quarantine.CAPACITY + 3; i++) {
      quarantine.add(new float[] {i}, 0);
    }

    assertThat(quarantine.size()).isEqualTo(Quarantine.CAPACITY);
    assertThat(quarantine.remove(new float[] {2})).isFalse();
    assertThat(quarantine.remove(new float[] {3})).isTrue();
    assertThat(quarantine.remove(new float[] {3})).isFalse();
    assertThat(quarantine.drain()).hasSize(Quarantine.CAPACITY - 1).contains(4f, 4_098f);
    assertThat(quarantine.size()).isZero();
  }

  @Test
  void shouldComeBackAsItWas() throws IOException {
    Quarantine quarantine = new Quarantine(2);
    quarantine.add(new float[] {9, 1, 2, 3, 4}, 1);
    quarantine.add(new float[] {5, 6}, 0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    quarantine.writeTo(new DataOutputStream(bytes));
    Quarantine restored = new Quarantine(2);
    restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    assertThat(restored.drain()).containsExactly(1, 2, 5, 6);
  }

  @Test
  void shouldLearnAQuarantinedPointOnceItIsLabelledLegitimate() {
    MiniBatchKMeans learner = withOneQuarantined();
    float[] before = learner.snapshot().centroids();
    learner.learnLabel(FAR, false, 0);

    assertThat(learner.metrics().quarantined()).isZero();
    assertThat(learner.snapshot().centroids()).isNotEqualTo(before);

    float[] after = learner.snapshot().centroids();
    learner.learnLabel(FAR, false, 0);
    assertThat(learner.snapshot().centroids()).isEqualTo(after);
  }

  @Test
  void shouldNeverLearnAQuarantinedPointThatIsLabelledFraud() {
    MiniBatchKMeans learner = withOneQuarantined();
    float[] before = learner.snapshot().centroids();
    learner.learnLabel(FAR, true, 0);
    learner.learnLabel(FAR, false, 0);

    assertThat(learner.metrics().quarantined()).isZero();
    assertThat(learner.snapshot().centroids()).isEqualTo(before);
  }

  @Test
  void shouldReleaseAllPointsWhenTheyAreTheNewNormal() {
    MiniBatchKMeans learner = seasoned();
    Samples.learn(learner, 2, Samples.blobs(new Random(2), 500, 2, 0, 1_000));
    assertThat(learner.metrics().quarantined()).isPositive();
    long refused = learner.metrics().refused();
    Samples.learn(learner, 2, Samples.blobs(new Random(3), 10_000, 2, 0, 1_000));

    assertThat(learner.metrics().quarantined()).isZero();
    assertThat(learner.metrics().refused()).isGreaterThanOrEqualTo(refused);
    // All of them count in the end, each once.
    double weight = 0;
    for (double w : learner.snapshot().weights()) {
      weight += w;
    }
    assertThat(weight).isEqualTo(30_500);
  }

  private static MiniBatchKMeans withOneQuarantined() {
    MiniBatchKMeans learner = seasoned();
    int before = learner.metrics().quarantined();
    float[] points = Samples.blob(new Random(8), 100, 2, 0, 0.5);
    System.arraycopy(FAR, 0, points, 6, 2);
    learner.learn(Samples.batch(2, points));
    assertThat(before).isZero();
    assertThat(learner.metrics().quarantined()).isOne();
    return learner;
  }

  /** Has seen enough of one blob to know what lies far from it; nothing is in quarantine. */
  private static MiniBatchKMeans seasoned() {
    MiniBatchKMeans learner =
        Samples.learner(
            MiniBatchKMeansParameters.builder()
                .k(4)
                .dimension(2)
                .halfLife(HalfLife.none())
                .deadFraction(0)
                .startPoints(20_000));
    Samples.learn(learner, 2, Samples.blob(new Random(1), 20_000, 2, 0, 1));
    return learner;
  }
}
