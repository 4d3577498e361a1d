package io.shoal.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The user's cache folder, by the custom of the operating system. */
final class CacheFolder {
  private CacheFolder() {}

  /** A folder of Shoal's in it; not made yet. */
  static Path of(String name) {
    return root(
            System.getenv("XDG_CACHE_HOME"),
            System.getProperty("os.name"),
            Path.of(System.getProperty("user.home")))
        .resolve("shoal")
        .resolve(name);
  }

  static Path root(@Nullable String xdgCacheHome, String os, Path home) {
    if (xdgCacheHome != null && !xdgCacheHome.isBlank()) {
      return Path.of(xdgCacheHome);
    }
    return os.toLowerCase(Locale.ROOT).contains("mac")
        ? home.resolve("Library").resolve("Caches")
        : home.resolve(".cache");
  }
}
