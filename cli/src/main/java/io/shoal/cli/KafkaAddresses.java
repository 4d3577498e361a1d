package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.schemas.SchemaRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/** Where a pipeline's Kafka is, out of the properties of any of its services. */
final class KafkaAddresses {
  private final Map<String, String> values;

  private KafkaAddresses(Map<String, String> values) {
    this.values = values;
  }

  /** Out of options by their names. */
  static KafkaAddresses of(Map<String, String> values) {
    return new KafkaAddresses(values);
  }

  /**
   * Reads a properties file.
   *
   * @throws ConfigException when it cannot be read
   */
  static KafkaAddresses read(Path file) {
    return new KafkaAddresses(ServiceConfig.load(file));
  }

  /** A topic or subject with the pipeline's prefix. */
  String topic(String name) {
    return values.getOrDefault(ServiceConfig.TOPIC_PREFIX, "") + name;
  }

  SchemaRegistry registry() {
    return SchemaRegistry.at(required(ServiceConfig.SCHEMA_REGISTRY_URL));
  }

  /** Settings of Kafka clients. */
  Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(ServiceConfig.KAFKA_PREFIX)) {
            client.put(key.substring(ServiceConfig.KAFKA_PREFIX.length()), value);
          }
        });
    client.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, required(ServiceConfig.BOOTSTRAP_SERVERS));
    return client;
  }

  /**
   * One of them.
   *
   * @throws ConfigException when it is missing
   */
  String required(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new ConfigException("the settings lack " + key);
    }
    return value;
  }
}
