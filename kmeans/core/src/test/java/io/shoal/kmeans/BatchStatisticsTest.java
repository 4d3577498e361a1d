package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchStatisticsTest {
  private static final AssignmentKernel KERNEL = new ScalarAssignmentKernel();

  @Property(tries = 200)
  void shouldAddUpFromParts(
      @ForAll @IntRange(max = 60) int n,
      @ForAll @IntRange(max = 60) int cut,
      @ForAll @IntRange(min = 1, max = 5) int k,
      @ForAll @IntRange(min = 1, max = 4) int d,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] points = Samples.blob(random, n, d, 10, 100);
    int[] ids = random.ints(n, -1, k).toArray();
    int head = Math.min(cut, n);

    BatchStatistics whole = new BatchStatistics(k, d);
    whole.add(KERNEL, points, n, ids);
    BatchStatistics parts = new BatchStatistics(k, d);
    parts.add(KERNEL, points, head, ids);
    BatchStatistics tail = new BatchStatistics(k, d);
    tail.add(KERNEL, points, head, n, ids);
    parts.merge(tail);

    long kept = 0;
    for (int j = 0; j < k; j++) {
      assertThat(parts.count(j)).isEqualTo(whole.count(j));
      kept += whole.count(j);
      for (int f = 0; f < d; f++) {
        assertThat(parts.sum(j, f)).isCloseTo(whole.sum(j, f), within(1e-8));
      }
    }
    assertThat(kept).isEqualTo(Arrays.stream(ids).filter(id -> id >= 0).count());
  }

  @Test
  void shouldLeaveOutPointsWithANegativeId() {
    BatchStatistics statistics = new BatchStatistics(2, 1);
    statistics.add(KERNEL, new float[] {1, 2, 4}, 3, new int[] {1, -1, 1});

    assertThat(statistics.count(0)).isZero();
    assertThat(statistics.count(1)).isEqualTo(2);
    assertThat(statistics.sum(1, 0)).isEqualTo(5);
  }

  @Test
  void shouldRefuseAnotherShape() {
    BatchStatistics statistics = new BatchStatistics(2, 3);

    assertThatThrownBy(() -> statistics.merge(new BatchStatistics(3, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("k = 3, d = 2");
  }
}
