package io.shoal.kmeans.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphicsDevicesTest {
  @TempDir Path devices;

  @Test
  void shouldSeeThatALinuxHasNone() throws IOException {
    Files.createFile(devices.resolve("null"));

    assertThat(GraphicsDevices.mayBeIn(devices, "Linux")).isFalse();
  }

  @Test
  void shouldSeeThoseOfNvidiaAlsoWhereTheFirstIsNotOurs() throws IOException {
    Files.createFile(devices.resolve("nvidia3"));

    assertThat(GraphicsDevices.mayBeIn(devices, "Linux")).isTrue();
  }

  @Test
  void shouldAskWhereItCannotKnow() {
    assertThat(GraphicsDevices.mayBeIn(devices, "Mac OS X")).isTrue();
    assertThat(GraphicsDevices.mayBeIn(devices.resolve("absent"), "Linux")).isTrue();
  }
}
