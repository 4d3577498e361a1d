package io.shoal.registry.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.micrometer.core.instrument.MeterRegistry;
import io.shoal.config.ConfigException;
import io.shoal.registry.client.PromotionRequest;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ExtensionFactory;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.sqlobject.SqlObjectFactory;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** The SQL database: a pool of connections on a schema that is up to date. */
public final class Database implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 8;
  private static final long CONNECT_TIMEOUT_MS = 3_000;
  private static final List<Class<?>> ROWS =
      List.of(PromotionRequest.class, Announcement.class, Webhook.class, Delivery.class);

  private static final List<Class<?>> DAOS =
      List.of(
          ModelDao.class,
          VersionDao.class,
          ArtifactDao.class,
          AliasDao.class,
          AuditDao.class,
          WebhookDao.class);

  private final HikariDataSource pool;

  /** Moments as the databases understand them alike, whatever time zone the process is in. */
  private static final class Moments extends AbstractArgumentFactory<Instant> {
    Moments() {
      super(Types.TIMESTAMP_WITH_TIMEZONE);
    }

    @Override
    protected Argument build(Instant value, ConfigRegistry config) {
      return (position, statement, context) -> bind(statement, position, value);
    }

    private static void bind(PreparedStatement statement, int position, Instant value)
        throws SQLException {
      statement.setObject(position, value.atOffset(ZoneOffset.UTC));
    }
  }

  /**
   * Connects and migrates.
   *
   * @throws ConfigException when the database does not answer or its schema cannot be brought up to
   *     date
   */
  public Database(String jdbcUrl, String user, String password) {
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

  /** Lets the pool of connections tell how it is. */
  public void measure(MeterRegistry registry) {
    pool.setMetricRegistry(registry);
  }

  /** Access to this database. */
  public Jdbi jdbi() {
    return jdbi(pool);
  }

  /** Access to a database whose schema is up to date. */
  public static Jdbi jdbi(DataSource source) {
    Jdbi jdbi = Jdbi.create(source).installPlugin(new SqlObjectPlugin());
    jdbi.registerArgument(new Moments());
    jdbi.registerColumnMapper(
        Instant.class, (rows, column, context) -> Rows.momentOrNull(rows, column));
    Rows.register(jdbi);
    ROWS.forEach(row -> jdbi.registerRowMapper(ConstructorMapper.factory(row)));
    // Each handle copies what is known here. What is not, it finds out by reflection for itself
    // alone, which costs more than the statement.
    Extensions extensions = jdbi.getConfig(Extensions.class);
    ExtensionFactory factory = extensions.findFactory(SqlObjectFactory.class).orElseThrow();
    DAOS.forEach(dao -> extensions.findMetadata(dao, factory));
    return jdbi;
  }

  @Override
  public void close() {
    pool.close();
  }
}
