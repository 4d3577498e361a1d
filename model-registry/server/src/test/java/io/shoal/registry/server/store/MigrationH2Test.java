package io.shoal.registry.server.store;

import io.shoal.registry.server.RegistryConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The migration of an embedded database. */
class MigrationH2Test extends MigrationContract {
  @TempDir Path directory;

  @Override
  String url() {
    return new RegistryConfig(
            Map.of(
                RegistryConfig.BOOTSTRAP_SERVERS, "unused:1",
                RegistryConfig.SCHEMA_REGISTRY_URL, "http://unused",
                RegistryConfig.DATA_DIR, directory.toString()))
        .jdbcUrl();
  }
}
