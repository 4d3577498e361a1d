package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  private static final Path HOME = Path.of("/home/me");

  @Test
  void shouldFollowXdgEverywhere() {
    assertThat(CacheFolder.root("/fast", "Linux", HOME)).isEqualTo(Path.of("/fast"));
    assertThat(CacheFolder.root("/fast", "Mac OS X", HOME)).isEqualTo(Path.of("/fast"));
  }

  @Test
  void shouldFollowTheSystemsCustomOtherwise() {
    assertThat(CacheFolder.root(null, "Linux", HOME)).isEqualTo(HOME.resolve(".cache"));
    assertThat(CacheFolder.root(" ", "Linux", HOME)).isEqualTo(HOME.resolve(".cache"));
    assertThat(CacheFolder.root(null, "Mac OS X", HOME))
        .isEqualTo(HOME.resolve("Library").resolve("Caches"));
  }
}
