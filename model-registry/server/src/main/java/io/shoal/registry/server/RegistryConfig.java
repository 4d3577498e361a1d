package io.shoal.registry.server;

import io.shoal.config.ServiceConfig;
import io.shoal.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.types.Password;

/** The options of the model registry. */
public final class RegistryConfig extends ServiceConfig {
  /** Address to listen on. */
  public static final String HTTP_HOST = "http.host";

  /** Port to listen on. */
  public static final String HTTP_PORT = "http.port";

  /** Folder of the embedded database. */
  public static final String DATA_DIR = "data.dir";

  /** Database. */
  public static final String JDBC_URL = "jdbc.url";

  /** User of the database. */
  public static final String JDBC_USER = "jdbc.user";

  /** Password of the database. */
  public static final String JDBC_PASSWORD = "jdbc.password";

  /** Who moves the champion. */
  public static final String PROMOTION_POLICY = "promotion.policy";

  /** How many artifacts are kept. */
  public static final String RETENTION_VERSIONS = "retention.versions";

  /** Good candidates become champion at once. */
  static final String AUTOMATIC = "automatic";

  /** Only people move the champion. */
  static final String MANUAL = "manual";

  /** All options: type, default, bound and description. */
  public static final ConfigDef OPTIONS =
      pipelineOptions(Topics.prefixValidator())
          .define(
              HTTP_HOST,
              Type.STRING,
              "127.0.0.1",
              Importance.MEDIUM,
              "Address to listen on. The API has no authentication yet: leave it on loopback or put it behind a proxy that has.")
          .define(
              HTTP_PORT,
              Type.INT,
              8090,
              Range.between(0, 65_535),
              Importance.HIGH,
              "Port to listen on; 0 takes a free one.")
          .define(
              DATA_DIR,
              Type.STRING,
              "model-registry-data",
              Importance.MEDIUM,
              "Folder of the embedded database; unused with a jdbc.url.")
          .define(
              JDBC_URL,
              Type.STRING,
              "",
              Importance.HIGH,
              "Database, for instance jdbc:postgresql://db/shoal; empty takes an embedded H2 file in data.dir.")
          .define(JDBC_USER, Type.STRING, "", Importance.MEDIUM, "User of the database.")
          .define(JDBC_PASSWORD, Type.PASSWORD, "", Importance.MEDIUM, "Password of the database.")
          .define(
              PROMOTION_POLICY,
              Type.STRING,
              AUTOMATIC,
              ValidString.in(AUTOMATIC, MANUAL),
              Importance.HIGH,
              "automatic: a candidate that passes the checks becomes champion, unless a person has moved the champion by hand. manual: only people promote.")
          .define(
              RETENTION_VERSIONS,
              Type.INT,
              1_000,
              Range.between(10, 1_000_000),
              Importance.MEDIUM,
              "Newest versions per model whose artifacts are kept. Older rows stay, without the artifact; versions under an alias keep theirs.");

  /**
   * Checks the values.
   *
   * @throws io.shoal.config.ConfigException when one is unknown, missing or out of bounds
   */
  public RegistryConfig(Map<String, String> values) {
    super(OPTIONS, values);
  }

  /** The pipeline's topics. */
  Topics topics() {
    return new Topics(getString(TOPIC_PREFIX));
  }

  boolean promotesAutomatically() {
    return getString(PROMOTION_POLICY).equals(AUTOMATIC);
  }

  /** The database's URL; the embedded one where none is configured. */
  String jdbcUrl() {
    String url = getString(JDBC_URL);
    return url.isEmpty()
        ? "jdbc:h2:file:"
            + Path.of(getString(DATA_DIR)).toAbsolutePath().resolve("registry")
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE"
        : url;
  }

  String jdbcPassword() {
    Password password = getPassword(JDBC_PASSWORD);
    return password == null ? "" : password.value();
  }
}
