package io.shoal.cli;

import java.nio.file.Path;
import java.util.Locale;

/** The user's cache folder, by the custom of the operating system. */
final class CacheFolder {
  private CacheFolder() {}

  /** A folder of Shoal's in it; not made yet. */
  static Path of(String name) {
    return root().resolve("shoal").resolve(name);
  }

  private static Path root() {
    Path home = Path.of(System.getProperty("user.home"));
    String xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && !xdg.isBlank()) {
      return Path.of(xdg);
    }
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")
        ? home.resolve("Library").resolve("Caches")
        : home.resolve(".cache");
  }
}
