package io.shoal.kmeans.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.HalfLife;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.drift.DriftAlarm.Cause;
import io.shoal.kmeans.drift.DriftAlarm.Change;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A learner of blobs, watched; the bounds stand in docs/training.md. */
class DriftMonitorTest {
  private static final int K = 16;
  private static final int D = 8;
  private static final int BATCH = 256;
  private static final int BLOBS = 12;
  private static final int CLEAR_EVENTS = 20_000;
  private static final int USUAL_EVENTS = 100_000;

  private final MiniBatchKMeans learner =
      new MiniBatchKMeans(
          MiniBatchKMeansParameters.builder()
              .k(K)
              .dimension(D)
              .halfLife(HalfLife.ofEvents(200_000))
              .build(),
          KernelProvider.load(KernelChoice.SCALAR));
  private final DriftMonitor monitor = new DriftMonitor(K, 0.25, CLEAR_EVENTS);
  private final List<DriftAlarm> alarms = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldBeSilentWhileNothingChanges(long seed) {
    run(new SplittableRandom(seed), 1_000_000, 0, 0);

    assertThat(alarms).isEmpty();
    assertThat(monitor.stability()).isLessThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldTellOfPointsThatMovedWithinFiveThousandEvents(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    run(random, USUAL_EVENTS, 0, 0);
    run(random, 5_000, 1, 0);

    assertThat(alarms).hasSize(1);
    assertThat(alarms.get(0).change()).isEqualTo(Change.STARTED);
    assertThat(alarms.get(0).cause()).isEqualTo(Cause.DISTANCE);
    assertThat(alarms.get(0).after()).isGreaterThan(alarms.get(0).before());
    assertThat(monitor.standing()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldTellOfSharesThatShiftedWithinFiveThousandEvents(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    run(random, USUAL_EVENTS, 0, 0);
    run(random, 5_000, 0, 9);

    assertThat(alarms).hasSize(1);
    assertThat(alarms.get(0).cause()).isEqualTo(Cause.SHARES);
    assertThat(alarms.get(0).after()).isGreaterThan(0.25);
  }

  @Test
  void shouldClearTheAlarmWhenTheModelHasFollowed() {
    SplittableRandom random = new SplittableRandom(1);
    run(random, USUAL_EVENTS, 0, 0);
    run(random, 200_000, 0, 9);

    assertThat(alarms)
        .extracting(DriftAlarm::change)
        .containsExactly(Change.STARTED, Change.CLEARED);
    assertThat(monitor.standing()).isFalse();
  }

  @Test
  void shouldFollowFasterWhileItForgetsFaster() {
    SplittableRandom random = new SplittableRandom(1);
    run(random, USUAL_EVENTS, 0, 0);
    double before = learner.metrics().meanDistance2();
    learner.forgetFaster(20);
    run(random, 40_000, 1, 0);
    double faster = learner.metrics().meanDistance2();

    MiniBatchKMeans slow =
        new MiniBatchKMeans(learner.parameters(), KernelProvider.load(KernelChoice.SCALAR));
    SplittableRandom same = new SplittableRandom(1);
    feed(slow, same, USUAL_EVENTS, 0, 0);
    feed(slow, same, 40_000, 1, 0);
    assertThat(faster).isLessThan(slow.metrics().meanDistance2());
    assertThat(before).isPositive();
  }

  @Test
  void shouldGoOnAsIfItHadNeverBeenWritten() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    run(random, USUAL_EVENTS, 0, 0);
    run(random, 5_000, 1, 0);
    DriftMonitor restored = new DriftMonitor(K, 0.25, CLEAR_EVENTS);
    restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes(monitor))));
    learner.observe(
        (ids, distances2, n) -> {
          monitor.observed(ids, distances2, n);
          restored.observed(ids, distances2, n);
        });
    feed(learner, random, 50_000, 1, 0);

    assertThat(bytes(restored)).isEqualTo(bytes(monitor));
    assertThat(restored.standing()).isEqualTo(monitor.standing());
  }

  private static byte[] bytes(DriftMonitor monitor) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    monitor.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private void run(SplittableRandom random, int events, float moved, int lean) {
    learner.observe(
        (ids, distances2, n) -> {
          monitor.observed(ids, distances2, n);
          DriftAlarm alarm = monitor.poll();
          if (alarm != null) {
            alarms.add(alarm);
          }
        });
    feed(learner, random, events, moved, lean);
  }

  /**
   * Points around fixed places.
   *
   * @param moved half of all points by so many standard deviations in each feature
   * @param lean the first blob gets so many more times what each of the others gets
   */
  private static void feed(
      MiniBatchKMeans learner, SplittableRandom random, int events, float moved, int lean) {
    for (int done = 0; done < events; done += BATCH) {
      float[] points = new float[BATCH * D];
      for (int i = 0; i < BATCH; i++) {
        int blob = Math.max(0, random.nextInt(BLOBS + lean) - lean);
        boolean moves = random.nextBoolean();
        for (int f = 0; f < D; f++) {
          float place = ((blob * 7 + f * 5) % BLOBS) * 1f;
          points[i * D + f] = place + (float) random.nextGaussian() + (moves ? 2 * moved : 0);
        }
      }
      learner.learn(new MiniBatch(points, BATCH, D, done));
    }
  }
}
