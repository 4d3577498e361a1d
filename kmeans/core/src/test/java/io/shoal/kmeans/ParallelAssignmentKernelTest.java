package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelAssignmentKernelTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void shouldGiveTheBitsOfOneThread(int threads) {
    int n = 20_011;
    int d = 5;
    int k = 60;
    Random random = new Random(1);
    float[] points = Samples.blob(random, n, d, 0, 1);
    float[] centroids = Samples.blob(random, k, d, 0, 1);
    int[] expected = new int[n];
    int[] actual = new int[n];
    float[] expectedDistances2 = new float[n];
    float[] actualDistances2 = new float[n];
    AssignmentKernel scalar = new ScalarAssignmentKernel();
    scalar.assign(points, n, d, centroids, k, expected, expectedDistances2);
    AssignmentKernel parallel = KernelProvider.load(KernelChoice.SCALAR, threads);
    parallel.assign(points, n, d, centroids, k, actual, actualDistances2);

    assertThat(parallel).isInstanceOf(ParallelAssignmentKernel.class);
    assertThat(parallel.name()).isEqualTo("scalar");
    assertThat(actual).isEqualTo(expected);
    assertThat(actualDistances2).isEqualTo(expectedDistances2);
  }

  @Test
  void shouldTakeSmallBatchesAndEmptyOnes() {
    AssignmentKernel parallel = KernelProvider.load(KernelChoice.SCALAR, 2);
    int[] ids = {9};
    parallel.assign(new float[0], 0, 1, new float[] {1}, 1, ids, new float[0]);
    assertThat(ids).containsExactly(9);
    parallel.assign(new float[] {3}, 1, 1, new float[] {1, 3}, 2, ids, new float[1]);
    assertThat(ids).containsExactly(1);
  }
}
