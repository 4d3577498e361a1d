package io.shoal.kmeans.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.PointKernel;
import io.shoal.kmeans.ScalarAssignmentKernel;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimdPointKernelTest {
  private static final int[] SIZES = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 207};

  private final PointKernel simd = KernelProvider.loadPointKernel();

  @Test
  void shouldBeTheOneThatIsLoaded() {
    assertThat(simd.name()).isEqualTo("simd");
  }

  @Test
  void shouldGiveTheBitsOfTheScalarKernel() {
    Random random = new Random(3);
    for (int k : SIZES) {
      for (int d : SIZES) {
        float[] x = gaussians(random, d);
        float[] centroids = gaussians(random, k * d);
        float[] distances2 = distances2(x, centroids, k, d);
        for (int j = 0; j < k; j++) {
          float[] expected = new float[1];
          float[] centroid = Arrays.copyOfRange(centroids, j * d, j * d + d);
          new ScalarAssignmentKernel().assign(x, 1, d, centroid, 1, new int[1], expected);
          assertThat(distances2[j]).as("k %d d %d row %d", k, d, j).isEqualTo(expected[0]);
        }
        compareNearest(distances2, k);
      }
    }
  }

  @Test
  void shouldTakeTheLowestRowOnAnExactTie() {
    float[] distances2 = distances2(new float[] {1}, new float[] {5, 0, 2, 0, 2}, 5, 1);
    int[] rows = new int[5];
    simd.nearest(distances2, PointKernel.stride(5), 5, rows, new float[5]);

    assertThat(rows).containsExactly(1, 2, 3, 4, 0);
  }

  @Test
  void shouldNeverFindThePaddingWhereAllDistancesOverflow() {
    float[] distances2 = distances2(new float[] {3e38f}, new float[] {-3e38f, -3e38f}, 2, 1);
    int[] rows = {9, 9};
    float[] nearest2 = new float[2];
    simd.nearest(distances2, PointKernel.stride(2), 2, rows, nearest2);

    assertThat(rows).containsExactly(0, 1);
    assertThat(nearest2).containsOnly(Float.MAX_VALUE);
  }

  private void compareNearest(float[] distances2, int k) {
    int count = Math.min(3, k);
    int[] rows = new int[count];
    float[] before = distances2.clone();
    simd.nearest(distances2, distances2.length, count, rows, new float[count]);

    assertThat(distances2).isEqualTo(before);
    assertThat(rows)
        .isEqualTo(
            IntStream.range(0, k)
                .boxed()
                .sorted((a, b) -> Float.compare(before[a], before[b]))
                .mapToInt(Integer::intValue)
                .limit(count)
                .toArray());
  }

  private float[] distances2(float[] x, float[] centroids, int k, int d) {
    float[] distances2 = new float[PointKernel.stride(k)];
    simd.distances2(x, PointKernel.columns(centroids, k, d), PointKernel.stride(k), d, distances2);
    return distances2;
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
