package io.shoal.kmeans.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.ScalarAssignmentKernel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimdAssignmentKernelTest {
  private static final int[] SIZES = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100};

  private final AssignmentKernel scalar = new ScalarAssignmentKernel();
  private final AssignmentKernel simd = KernelProvider.load(KernelChoice.SIMD);

  @Test
  void shouldBeTheAutomaticChoice() {
    assertThat(KernelProvider.load(KernelChoice.AUTO).name()).isEqualTo("simd");
  }

  @Test
  void shouldGiveTheBitsOfTheScalarKernelOverAwkwardSizes() {
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

  @ParameterizedTest
  @CsvSource({"1000, 64, 32", "207, 31, 207", "4098, 100, 13", "65, 1, 1", "129, 2, 64"})
  void shouldGiveTheBitsOfTheScalarKernelInWholeBlocksAndTails(int n, int k, int d) {
    Random random = new Random(8);
    compare(gaussians(random, n * d, 0), n, d, gaussians(random, k * d, 0), k);
  }

  @Test
  void shouldGiveTheBitsOfTheScalarKernelInRobustDistances() {
    Random random = new Random(9);
    int n = 50;
    int k = 5;
    for (int d = 1; d < 130; d++) {
      float[] points = gaussians(random, n * d, 3);
      points[random.nextInt(n * d)] = 3e38f;
      Arrays.fill(points, 0, d, 3e38f);
      float[] inverseScales = gaussians(random, d, 2);
      float[] centroids = gaussians(random, k * d, 5);
      int[] rows = random.ints(n, 0, k).toArray();
      double[] expected = new double[n];
      double[] found = new double[n];
      scalar.robustDistances(points, n, d, inverseScales, centroids, rows, expected);
      simd.robustDistances(points, n, d, inverseScales, centroids, rows, found);

      assertThat(found).as("d %d", d).isEqualTo(expected);
    }
  }

  @Test
  void shouldDivideByTheScalesAsTheScalarKernelDoes() {
    Random random = new Random(6);
    int n = 100;
    int d = 40;
    int k = 9;
    float[] points = gaussians(random, n * d, 3);
    float[] inverseScales = gaussians(random, d, 2);
    float[] centroids = gaussians(random, k * d, 5);
    int[][] ids = new int[2][n];
    float[][] distances2 = new float[2][n];
    AssignmentKernel[] kernels = {scalar, simd};
    for (int i = 0; i < 2; i++) {
      kernels[i].assignUnscaled(points, n, d, inverseScales, centroids, k, ids[i], distances2[i]);
    }

    assertThat(ids[1]).isEqualTo(ids[0]);
    assertThat(distances2[1]).isEqualTo(distances2[0]);
  }

  /** Where {@code |x|^2 - 2xc + |c|^2} would leave no digit. */
  @Test
  void shouldNotCancelFarFromTheOrigin() {
    Random random = new Random(8);
    int n = 200;
    int d = 9;
    int k = 33;
    float[] points = gaussians(random, n * d, 10_000);
    float[] centroids = gaussians(random, k * d, 10_000);
    compare(points, n, d, centroids, k);

    int[] ids = new int[n];
    float[] distances2 = new float[n];
    simd.assign(points, n, d, centroids, k, ids, distances2);
    for (int i = 0; i < n; i++) {
      double exact = distance2(points, i, centroids, ids[i], d);
      assertThat((double) distances2[i]).isCloseTo(exact, withinPercentage(1e-4));
      for (int j = 0; j < k; j++) {
        assertThat(exact).isLessThanOrEqualTo(distance2(points, i, centroids, j, d) * 1.00001);
      }
    }
  }

  @Test
  void shouldWriteNothingOutsideItsRange() {
    int[] ids = new int[300];
    float[] distances2 = new float[300];
    Arrays.fill(ids, -7);
    Arrays.fill(distances2, -7);
    simd.assign(new float[300 * 2], 17, 283, 2, new float[] {1, 1}, 1, ids, distances2);

    for (int i = 0; i < 300; i++) {
      boolean inside = i >= 17 && i < 283;
      assertThat(ids[i]).isEqualTo(inside ? 0 : -7);
      assertThat(distances2[i]).isEqualTo(inside ? 2 : -7);
    }
  }

  @Test
  void shouldGiveTheBitsOfTheScalarSums() {
    Random random = new Random(9);
    int n = 100;
    int k = 3;
    for (int d : SIZES) {
      float[] points = gaussians(random, n * d, 50);
      int[] ids = random.ints(n, -1, k).toArray();
      double[] origin = random.doubles(d).toArray();
      double[][] sums = new double[2][k * d];
      double[][] squares = new double[2][d];
      long[][] counts = new long[2][k];
      AssignmentKernel[] kernels = {scalar, simd};
      for (int i = 0; i < 2; i++) {
        kernels[i].addSums(points, 7, 20, d, ids, sums[i], counts[i]);
        kernels[i].addMoments(points, 20, n, d, ids, sums[i], counts[i], origin, squares[i]);
      }

      assertThat(sums[1]).as("d %d", d).isEqualTo(sums[0]).doesNotContain(0);
      assertThat(squares[1]).as("d %d", d).isEqualTo(squares[0]).doesNotContain(0);
      assertThat(counts[1]).isEqualTo(counts[0]);
    }
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
    assertThat(actual).as("n %d k %d d %d", n, k, d).isEqualTo(expected);
    assertThat(actualDistances2).as("n %d k %d d %d", n, k, d).isEqualTo(expectedDistances2);
  }

  private static double distance2(float[] points, int i, float[] centroids, int j, int d) {
    double sum = 0;
    for (int f = 0; f < d; f++) {
      double difference = (double) points[i * d + f] - centroids[j * d + f];
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
