package io.shoal.registry.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.shoal.config.ConfigException;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** The SQL database: a pool of connections on a schema that is up to date. */
final class Database implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 8;
  private static final long CONNECT_TIMEOUT_MS = 10_000;

  private final HikariDataSource pool;

  /**
   * Connects and migrates.
   *
   * @throws ConfigException when the database does not answer or its schema cannot be brought up to
   *     date
   */
  Database(String jdbcUrl, String user, String password) {
    HikariConfig settings = new HikariConfig();
    settings.setPoolName("model-registry");
    settings.setJdbcUrl(jdbcUrl);
    settings.setUsername(user);
    settings.setPassword(password);
    settings.setMaximumPoolSize(CONNECTIONS_MAX);
    settings.setConnectionTimeout(CONNECT_TIMEOUT_MS);
    try {
      pool = new HikariDataSource(settings);
    } catch (PoolInitializationException e) {
      throw new ConfigException(
          "cannot open the database "
              + jdbcUrl
              + ": "
              + e.getMessage()
              + "; check jdbc.url, jdbc.user and jdbc.password, or that data.dir can be written and no"
              + " other registry uses it",
          e);
    }
    try {
      Flyway.configure().dataSource(pool).load().migrate();
    } catch (RuntimeException e) {
      pool.close();
      throw new ConfigException(
          "cannot bring the database " + jdbcUrl + " up to date: " + e.getMessage(), e);
    }
  }

  Jdbi jdbi() {
    return Jdbi.create(pool);
  }

  @Override
  public void close() {
    pool.close();
  }
}
