package io.shoal.kmeans.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.ScalarAssignmentKernel;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimdAssignmentKernelTest {
  private static final int[] SIZES = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100};

  private final AssignmentKernel scalar = new ScalarAssignmentKernel();
  private final AssignmentKernel simd = KernelProvider.load(KernelChoice.SIMD);

  @Test
  void shouldBeTheAutomaticChoice() {
    assertThat(KernelProvider.load(KernelChoice.AUTO).name()).isEqualTo("simd");
  }

  @Test
  void shouldAgreeWithTheScalarKernelOverAwkwardSizes() {
    Random random = new Random(7);
    for (int n : SIZES) {
      for (int k : SIZES) {
        for (int d : SIZES) {
          float[] points = gaussians(random, n * d, 0);
          compare(points, n, d, gaussians(random, k * d, 0), k);
        }
      }
    }
  }

  @Test
  void shouldNotCancelFarFromTheOrigin() {
    Random random = new Random(8);
    compare(gaussians(random, 100 * 9, 10_000), 100, 9, gaussians(random, 33 * 9, 10_000), 33);
  }

  @Test
  void shouldTakeTheLowestRowOnAnExactTie() {
    int k = 50;
    int d = 3;
    float[] same = new float[k * d];
    int[] ids = new int[5];
    simd.assign(new float[5 * d], 5, d, same, k, ids, new float[5]);

    assertThat(ids).containsOnly(0);
  }

  @Test
  void shouldStayFiniteWhenDistancesOverflow() {
    float[] points = {3e38f, 0f};
    float[] centroids = {-3e38f, 0f, -3e38f, 1f};
    int[] ids = {9};
    float[] distances2 = {-1};
    simd.assign(points, 1, 2, centroids, 2, ids, distances2);

    assertThat(ids).containsExactly(0);
    assertThat(distances2).containsExactly(Float.MAX_VALUE);
  }

  private void compare(float[] points, int n, int d, float[] centroids, int k) {
    int[] expected = new int[n];
    int[] actual = new int[n];
    float[] expectedDistances2 = new float[n];
    float[] actualDistances2 = new float[n];
    scalar.assign(points, n, d, centroids, k, expected, expectedDistances2);
    simd.assign(points, n, d, centroids, k, actual, actualDistances2);
    for (int i = 0; i < n; i++) {
      float tolerance = 1e-6f * d * (1 + expectedDistances2[i]);
      assertThat(actualDistances2[i])
          .as("n %d k %d d %d point %d", n, k, d, i)
          .isCloseTo(expectedDistances2[i], within(tolerance));
      if (actual[i] != expected[i]) {
        // Only a near tie may go to another row.
        assertThat(distance2(points, i, centroids, actual[i], d))
            .as("n %d k %d d %d point %d row %d", n, k, d, i, actual[i])
            .isCloseTo(expectedDistances2[i], within(tolerance));
      }
    }
  }

  private static float distance2(float[] points, int i, float[] centroids, int j, int d) {
    float sum = 0;
    for (int f = 0; f < d; f++) {
      float difference = points[i * d + f] - centroids[j * d + f];
      sum += difference * difference;
    }
    return sum;
  }

  private static float[] gaussians(Random random, int length, float offset) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = offset + (float) random.nextGaussian();
    }
    return values;
  }
}
