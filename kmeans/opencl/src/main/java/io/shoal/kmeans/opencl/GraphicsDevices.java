package io.shoal.kmeans.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether it is worth asking OpenCL for a GPU. The asking loads native code, which warns on
 * standard error of each platform that it was not tested on: most of today's, also those of a CPU.
 */
final class GraphicsDevices {
  /** How Linux calls them: by NVIDIA, AMD (compute and graphics), WSL, ARM. */
  private static final List<String> NAMES = List.of("nvidia", "kfd", "dri", "dxg", "mali");

  private GraphicsDevices() {}

  /** False only where it is certain that there is none. */
  static boolean mayBeHere() {
    return mayBeIn(Path.of("/dev"), System.getProperty("os.name", ""));
  }

  static boolean mayBeIn(Path devices, String system) {
    if (!system.equals("Linux")) {
      return true;
    }
    try (Stream<Path> files = Files.list(devices)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .anyMatch(name -> NAMES.stream().anyMatch(name::startsWith));
    } catch (IOException e) {
      return true;
    }
  }
}
