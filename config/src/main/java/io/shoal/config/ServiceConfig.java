package io.shoal.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * The configuration of one service: the options of its {@link ConfigDef}, and Kafka client settings
 * under {@code kafka.} which are passed on as they are (for instance {@code
 * kafka.security.protocol}).
 */
public class ServiceConfig extends AbstractConfig {
  /** Kafka brokers. */
  public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

  /** Base URL of the schema registry. */
  public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";

  /** What stands before the name of every topic. */
  public static final String TOPIC_PREFIX = "topic.prefix";

  /** What comes after this prefix goes to every Kafka client of the service. */
  public static final String KAFKA_PREFIX = "kafka.";

  /**
   * Reads and checks the values.
   *
   * @throws ConfigException when a key is unknown, a value is missing, of the wrong type or out of
   *     bounds
   */
  protected ServiceConfig(ConfigDef options, Map<String, String> values) {
    super(checked(options, values), values, false);
  }

  /**
   * The options that every service of a pipeline has, to which it adds its own.
   *
   * @param prefix says what a topic prefix may be
   */
  protected static ConfigDef pipelineOptions(ConfigDef.Validator prefix) {
    return new ConfigDef()
        .define(
            BOOTSTRAP_SERVERS,
            Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            new NonEmptyString(),
            Importance.HIGH,
            "Kafka brokers, host:port separated by commas.")
        .define(
            SCHEMA_REGISTRY_URL,
            Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            new NonEmptyString(),
            Importance.HIGH,
            "Base URL of the Confluent-compatible schema registry.")
        .define(
            TOPIC_PREFIX,
            Type.STRING,
            "",
            prefix,
            Importance.MEDIUM,
            "Put before every topic name; keeps pipelines apart.");
  }

  /** Settings for Kafka clients: those given under {@code kafka.}, without the prefix. */
  public Map<String, Object> kafkaSettings() {
    return new HashMap<>(originalsWithPrefix(KAFKA_PREFIX));
  }

  /**
   * Reads a properties file; what it {@linkplain References refers to} is in its place.
   *
   * @throws ConfigException when it cannot be read, or what it refers to is not there
   */
  public static Map<String, String> load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new ConfigException("cannot read the configuration file " + file + ": " + e, e);
    }
    Map<String, String> values = new HashMap<>();
    properties.stringPropertyNames().forEach(k -> values.put(k, properties.getProperty(k)));
    return References.resolve(values);
  }

  private static ConfigDef checked(ConfigDef options, Map<String, String> values) {
    for (String key : values.keySet()) {
      if (!options.names().contains(key) && !key.startsWith(KAFKA_PREFIX)) {
        String hint =
            Suggestions.nearest(key, options.names())
                .map(k -> "; did you mean '" + k + "'?")
                .orElse(
                    "; known options: "
                        + String.join(", ", options.names().stream().sorted().toList()));
        throw new ConfigException("unknown option '" + key + "'" + hint);
      }
    }
    try {
      options.parse(values);
    } catch (org.apache.kafka.common.config.ConfigException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
    return options;
  }
}
