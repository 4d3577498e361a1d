package io.shoal.registry.server.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions on the embedded database, in a file. */
class VersionsH2Test extends VersionsContract {
  @TempDir Path directory;

  @Override
  Database openDatabase() {
    return TestDatabases.h2(directory);
  }

  @Test
  void shouldSayWhatToDoWhereTheDatabaseCannotBeOpened() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    String url = "jdbc:h2:file:" + file.resolve("registry");

    assertThatThrownBy(() -> new Database(url, "", ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.dir can be written");
  }
}
