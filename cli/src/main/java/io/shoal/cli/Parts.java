package io.shoal.cli;

import io.shoal.local.stack.PartStarted;
import java.util.Locale;

/** Prints the parts of a system as they come up. */
final class Parts {
  private Parts() {}

  static void announce(PartStarted part) {
    System.out.printf(
        Locale.ROOT,
        "  %-24s %-45s %5.1f s%n",
        part.name(),
        part.address(),
        part.took().toMillis() / 1e3);
  }
}
