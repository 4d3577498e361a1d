package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RecentPointsTest {
  private final RecentPoints recent = new RecentPoints(2);

  @Test
  void shouldHoldTheNewestPointsOfManyBatches() {
    int taken = 0;
    for (int n : new int[] {1, 1_000, 4_095, 300}) {
      recent.add(points(taken, n), n);
      taken += n;
    }

    assertThat(recent.size()).isEqualTo(4_096);
    assertHolds(taken - 4_096, taken);
  }

  @Test
  void shouldHoldTheEndOfABatchThatIsLargerThanItself() {
    recent.add(points(0, 10_000), 10_000);

    assertHolds(10_000 - 4_096, 10_000);
  }

  @Test
  void shouldHoldAllWhileTheyAreFew() {
    recent.add(points(0, 3), 3);

    assertThat(recent.size()).isEqualTo(3);
    assertThat(Arrays.copyOf(recent.points(), 6)).containsExactly(0, 0, 1, -1, 2, -2);
  }

  private void assertHolds(int from, int to) {
    int[] held = new int[recent.size()];
    for (int i = 0; i < held.length; i++) {
      held[i] = (int) recent.points()[2 * i];
      assertThat(recent.points()[2 * i + 1]).isEqualTo(-held[i]);
    }
    Arrays.sort(held);
    assertThat(held[0]).isEqualTo(from);
    assertThat(held[held.length - 1]).isEqualTo(to - 1);
    assertThat(Arrays.stream(held).distinct().count()).isEqualTo(to - from);
  }

  /** Points that are numbered. */
  private static float[] points(int first, int n) {
    float[] points = new float[2 * n];
    for (int i = 0; i < n; i++) {
      points[2 * i] = first + i;
      points[2 * i + 1] = -(first + i);
    }
    return points;
  }
}
