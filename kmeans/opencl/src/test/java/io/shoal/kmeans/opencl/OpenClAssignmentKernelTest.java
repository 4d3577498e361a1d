package io.shoal.kmeans.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.aparapi.device.Device;
import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.BatchStatistics;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelFactory;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.KernelUnavailableException;
import io.shoal.kmeans.ResidentPoints;
import io.shoal.kmeans.ScalarAssignmentKernel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Needs an OpenCL device. Where {@code SHOAL_REQUIRE_OPENCL=true}, having none is a failure. */
class OpenClAssignmentKernelTest {
  private static final int[] SIZES = {1, 2, 3, 7, 8, 9, 16, 17, 31, 64, 100};

  private static final AssignmentKernel scalar = new ScalarAssignmentKernel();
  private static AssignmentKernel opencl;

  @BeforeAll
  static void load() {
    try {
      opencl = KernelProvider.load(KernelChoice.OPENCL);
    } catch (KernelUnavailableException e) {
      if ("true".equals(System.getenv("SHOAL_REQUIRE_OPENCL"))) {
        throw e;
      }
      Assumptions.abort("no OpenCL device here: " + e.getMessage());
    }
  }

  @Test
  void shouldAgreeWithTheScalarKernelOverAwkwardSizes() {
    Random random = new Random(7);
    for (int n : new int[] {1, 63, 257}) {
      for (int k : SIZES) {
        for (int d : SIZES) {
          compare(gaussians(random, n * d), n, d, gaussians(random, k * d), k);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000, 33", "300, 207, 207", "300, 17, 1024", "5000, 64, 32"})
  void shouldAgreeWhereCentroidsNeedSeveralTiles(int n, int k, int d) {
    Random random = new Random(8);
    compare(gaussians(random, n * d), n, d, gaussians(random, k * d), k);
  }

  @Test
  void shouldTakeTheLowestRowOnAnExactTie() {
    int[] ids = new int[70];
    opencl.assign(new float[70 * 3], 70, 3, new float[50 * 3], 50, ids, new float[70]);

    assertThat(ids).containsOnly(0);
  }

  @Test
  void shouldWriteNothingOutsideItsRange() {
    int[] ids = new int[300];
    float[] distances2 = new float[300];
    Arrays.fill(ids, -7);
    opencl.assign(new float[300 * 2], 17, 283, 2, new float[] {1, 1}, 1, ids, distances2);

    for (int i = 0; i < 300; i++) {
      assertThat(ids[i]).isEqualTo(i >= 17 && i < 283 ? 0 : -7);
      assertThat(distances2[i]).isEqualTo(i >= 17 && i < 283 ? 2 : 0);
    }
  }

  @Test
  void shouldStayFiniteWhenDistancesOverflow() {
    int[] ids = {9};
    float[] distances2 = {-1};
    opencl.assign(new float[] {3e38f}, 1, 1, new float[] {-3e38f, -3e38f}, 2, ids, distances2);

    assertThat(ids).containsExactly(0);
    assertThat(distances2).containsExactly(Float.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "5000, 7, 3", "3000, 64, 32"})
  void shouldTakeTheSumsOfHeldPointsOnTheDevice(int n, int k, int d) {
    Random random = new Random(9);
    float[] points = gaussians(random, n * d);
    float[] centroids = gaussians(random, k * d);
    BatchStatistics expected = new BatchStatistics(k, d);
    BatchStatistics actual = new BatchStatistics(k, d);
    double inertia;
    try (ResidentPoints held = scalar.hold(points, n, d)) {
      inertia = held.pass(centroids, k, expected);
    }
    try (ResidentPoints held = opencl.hold(points, n, d)) {
      // Nothing may be left over from the pass before.
      held.pass(gaussians(random, k * d), k, new BatchStatistics(k, d));
      assertThat(held.pass(centroids, k, actual)).isCloseTo(inertia, withinPercentage(1e-3));
    }
    for (int j = 0; j < k; j++) {
      assertThat(actual.count(j)).isEqualTo(expected.count(j));
      for (int f = 0; f < d; f++) {
        assertThat(actual.sum(j, f)).isCloseTo(expected.sum(j, f), within(1e-5 * (1 + n / k)));
      }
    }
  }

  @Test
  void shouldRefuseMoreFeaturesThanLocalMemoryHolds() {
    assertThatThrownBy(
            () ->
                opencl.assign(
                    new float[1025], 1, 1025, new float[1025], 1, new int[1], new float[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1024");
  }

  @Test
  void shouldBeChosenByItselfForAGpuOnly() {
    KernelFactory factory = new OpenClKernelFactory();
    boolean gpu =
        OpenCLDevice.listDevices(null).stream().anyMatch(d -> d.getType() == Device.TYPE.GPU);
    if (gpu) {
      assertThat(factory.create(false).name()).isEqualTo("opencl");
    } else {
      assertThatThrownBy(() -> factory.create(false))
          .isInstanceOf(KernelUnavailableException.class)
          .hasMessageContaining("no GPU");
    }
  }

  private static void compare(float[] points, int n, int d, float[] centroids, int k) {
    int[] expected = new int[n];
    int[] actual = new int[n];
    float[] expectedDistances2 = new float[n];
    float[] actualDistances2 = new float[n];
    scalar.assign(points, n, d, centroids, k, expected, expectedDistances2);
    opencl.assign(points, n, d, centroids, k, actual, actualDistances2);
    for (int i = 0; i < n; i++) {
      float tolerance = 1e-6f * d * (1 + expectedDistances2[i]);
      assertThat(actualDistances2[i])
          .as("n %d k %d d %d point %d", n, k, d, i)
          .isCloseTo(expectedDistances2[i], within(tolerance));
      if (actual[i] != expected[i]) {
        // Only a near tie may go to another row.
        float[] point = Arrays.copyOfRange(points, i * d, i * d + d);
        float[] centroid = Arrays.copyOfRange(centroids, actual[i] * d, actual[i] * d + d);
        float[] distance2 = new float[1];
        scalar.assign(point, 1, d, centroid, 1, new int[1], distance2);
        assertThat(distance2[0]).isCloseTo(expectedDistances2[i], within(tolerance));
      }
    }
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
