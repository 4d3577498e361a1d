package io.shoal.kmeans.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.KernelUnavailableException;
import io.shoal.kmeans.ScalarAssignmentKernel;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Needs an OpenCL device. Where {@code SHOAL_REQUIRE_OPENCL=true}, having none is a failure. */
class OpenClAssignmentKernelTest {
  private static final int[] SIZES = {1, 3, 8, 17, 64, 100};

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
  void shouldAgreeWithTheScalarKernel() {
    AssignmentKernel scalar = new ScalarAssignmentKernel();
    Random random = new Random(7);
    for (int n : SIZES) {
      for (int k : SIZES) {
        for (int d : SIZES) {
          float[] points = gaussians(random, n * d);
          float[] centroids = gaussians(random, k * d);
          int[] expected = new int[n];
          int[] actual = new int[n];
          float[] expectedDistances2 = new float[n];
          float[] actualDistances2 = new float[n];
          scalar.assign(points, n, d, centroids, k, expected, expectedDistances2);
          opencl.assign(points, n, d, centroids, k, actual, actualDistances2);
          assertThat(actual).as("n %d k %d d %d", n, k, d).isEqualTo(expected);
          for (int i = 0; i < n; i++) {
            assertThat(actualDistances2[i])
                .isCloseTo(expectedDistances2[i], within(1e-6f * d * (1 + expectedDistances2[i])));
          }
        }
      }
    }
  }

  @Test
  void shouldNotBeChosenByItselfWithoutAGpu() {
    assertThatThrownBy(() -> new OpenClKernelFactory().create(false))
        .isInstanceOf(KernelUnavailableException.class)
        .hasMessageContaining("no GPU");
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
