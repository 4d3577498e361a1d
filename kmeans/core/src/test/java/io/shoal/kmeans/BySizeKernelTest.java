package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BySizeKernelTest {
  private String used = "";

  @ParameterizedTest
  @CsvSource({
    "16384, 32, 64, device",
    "16383, 32, 64, host",
    "16384, 136, 15, host",
    "0, 32, 64, host"
  })
  void shouldSendToTheDeviceOnlyWhatIsWorthTheWay(int n, int d, int k, String expected) {
    AssignmentKernel kernel = new BySizeKernel(named("device"), named("host"));
    kernel.assign(new float[0], n, d, new float[0], k, new int[0], new float[0]);

    assertThat(used).isEqualTo(expected);
    assertThat(kernel.name()).isEqualTo("device");
  }

  private AssignmentKernel named(String name) {
    return new AssignmentKernel() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void assign(
          float[] points,
          int from,
          int to,
          int d,
          float[] centroids,
          int k,
          int[] ids,
          float[] distances2) {
        used = name;
      }
    };
  }
}
