package io.shoal.registry.server.store;

import io.shoal.registry.server.RegistryConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Databases to test on. */
public final class TestDatabases {
  private static EmbeddedPostgres postgres;
  private static int next;

  private TestDatabases() {}

  /** The embedded database as the registry configures it, in a folder. */
  public static Database h2(Path folder) {
    return new Database(
        new RegistryConfig(
                Map.of(
                    RegistryConfig.BOOTSTRAP_SERVERS, "unused:1",
                    RegistryConfig.SCHEMA_REGISTRY_URL, "http://unused",
                    RegistryConfig.DATA_DIR, folder.toString()))
            .jdbcUrl(),
        "",
        "");
  }

  /** The URL of a new, empty database in a PostgreSQL that all tests share. */
  public static synchronized String postgresUrl() {
    String name = "registry" + next++;
    try (Connection connection = postgres().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return postgres().getJdbcUrl("postgres", name);
  }

  /** The port of that PostgreSQL. */
  public static synchronized int postgresPort() {
    return postgres().getPort();
  }

  /** Ends with the JVM, by its own shutdown hook. */
  private static EmbeddedPostgres postgres() {
    if (postgres == null) {
      try {
        postgres = EmbeddedPostgres.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return postgres;
  }
}
