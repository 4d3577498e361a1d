package io.shoal.registry.server;

import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.ModelUpdate;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes the registry's Kafka clients. */
final class KafkaClients {
  private final RegistryConfig config;
  private final SchemaRegistry schemas;

  KafkaClients(RegistryConfig config, SchemaRegistry schemas) {
    this.config = config;
    this.schemas = schemas;
  }

  /** Of announcements; each one fences those made before it. */
  Producer<String, ModelUpdate> updateProducer() {
    Map<String, Object> settings = settings();
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, identity());
    return producer(settings, ModelUpdate.class);
  }

  Producer<String, DeadLetter> deadLetterProducer() {
    return producer(settings(), DeadLetter.class);
  }

  Consumer<String, byte[]> candidateConsumer() {
    Map<String, Object> settings = consumerSettings();
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, identity());
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  Consumer<byte[], byte[]> vectorConsumer() {
    Map<String, Object> settings = consumerSettings();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private <T extends SpecificRecord> Producer<String, T> producer(
      Map<String, Object> settings, Class<T> type) {
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(
        settings, new StringSerializer(), new AvroSerializer<>(schemas, type));
  }

  private Map<String, Object> consumerSettings() {
    Map<String, Object> settings = settings();
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return settings;
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>(config.kafkaSettings());
    settings.put("bootstrap.servers", config.getString(RegistryConfig.BOOTSTRAP_SERVERS));
    return settings;
  }

  /** Consumer group and transactional id. */
  private String identity() {
    return config.getString(RegistryConfig.TOPIC_PREFIX) + "shoal-model-registry";
  }
}
