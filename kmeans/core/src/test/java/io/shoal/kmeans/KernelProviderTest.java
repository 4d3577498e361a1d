package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KernelProviderTest {
  @AfterEach
  void clearProperty() {
    System.clearProperty(KernelProvider.PROPERTY);
  }

  @Test
  void shouldFallBackToTheScalarKernel() {
    assertThat(KernelProvider.load(KernelChoice.AUTO).name()).isEqualTo("scalar");
    assertThat(KernelProvider.load(KernelChoice.SCALAR).name()).isEqualTo("scalar");
  }

  @Test
  void shouldRefuseANamedKernelThatIsNotThere() {
    assertThatThrownBy(() -> KernelProvider.load(KernelChoice.SIMD))
        .isInstanceOf(KernelUnavailableException.class)
        .hasMessageContaining("shoal-kmeans-simd");
  }

  @Test
  void shouldTakeTheKernelThatThePropertyNames() {
    System.setProperty(KernelProvider.PROPERTY, "OpenCL");

    assertThatThrownBy(() -> KernelProvider.load(KernelChoice.AUTO))
        .isInstanceOf(KernelUnavailableException.class)
        .hasMessageContaining("shoal-kmeans-opencl");
    assertThat(KernelProvider.load(KernelChoice.SCALAR).name()).isEqualTo("scalar");
  }

  @Test
  void shouldNameTheKnownKernelsToWhoeverAsksForAnother() {
    System.setProperty(KernelProvider.PROPERTY, "abacus");

    assertThatThrownBy(() -> KernelProvider.load(KernelChoice.AUTO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("auto, scalar, simd, opencl");
  }
}
