package io.shoal.kmeans;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which kernel to use. */
public enum KernelChoice {
  /** The fastest that works here. */
  AUTO,
  /** Plain Java. */
  SCALAR,
  /** The CPU's vector units. */
  SIMD,
  /** An OpenCL device. */
  OPENCL;

  /**
   * Reads a choice, whatever its case.
   *
   * @throws IllegalArgumentException with the known names
   */
  public static KernelChoice parse(String text) {
    for (KernelChoice choice : values()) {
      if (choice.name().equalsIgnoreCase(text)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "unknown kernel '"
            + text
            + "'; known: "
            + Arrays.stream(values())
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }
}
