package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScalarAssignmentKernelTest {
  private final int[] ids = new int[3];
  private final float[] distances2 = new float[3];

  @Test
  void shouldAgreeWithDistancesComputedByHand() {
    assign(new float[] {0, 0, 3, 4, 10, 9}, 3, new float[] {0, 1, 10, 10}, 2);

    assertThat(ids).containsExactly(0, 0, 1);
    assertThat(distances2).containsExactly(1f, 18f, 1f);
  }

  @Test
  void shouldTakeTheLowestRowOnATie() {
    assign(new float[] {0, 0}, 1, new float[] {5, 5, 0, 2, 2, 0, 0, -2}, 4);

    assertThat(ids[0]).isEqualTo(1);
    assertThat(distances2[0]).isEqualTo(4f);
  }

  @Test
  void shouldStayFiniteWhenDistancesOverflow() {
    assign(new float[] {3e38f, 3e38f}, 1, new float[] {-3e38f, 0, 0, -3e38f}, 2);

    assertThat(ids[0]).isZero();
    assertThat(distances2[0]).isEqualTo(Float.MAX_VALUE);
  }

  @Test
  void shouldLeaveRowsPastTheCountAlone() {
    ids[1] = 42;
    assign(new float[] {0, 0, 1, 1}, 1, new float[] {1, 1}, 1);

    assertThat(ids[1]).isEqualTo(42);
  }

  private void assign(float[] points, int n, float[] centroids, int k) {
    new ScalarAssignmentKernel().assign(points, n, 2, centroids, k, ids, distances2);
  }
}
