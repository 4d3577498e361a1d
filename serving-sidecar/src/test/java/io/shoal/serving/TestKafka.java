package io.shoal.serving;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Transaction;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker and a schema registry that can be stopped and started again, and clients of them. */
final class TestKafka implements AutoCloseable {
  private static final int PARTITIONS = 4;

  private final Path folder;
  private EmbeddedKafka broker;
  private EmbeddedSchemaRegistry registry;

  TestKafka(Path folder) {
    this.folder = folder;
    this.broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    this.registry = EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
  }

  void stopBroker() {
    broker.close();
  }

  void startBroker() {
    String address = broker.bootstrapServers();
    broker =
        EmbeddedKafka.start(
            folder.resolve("kafka"),
            Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
  }

  void stopRegistry() {
    registry.close();
  }

  void startRegistry() {
    registry =
        EmbeddedSchemaRegistry.start(
            folder.resolve("registry"),
            Integer.parseInt(registry.url().replaceAll(".*:(\\d+)/.*", "$1")));
  }

  /** What every sidecar here is told; each needs a state folder besides. */
  Map<String, String> options(String prefix, Path stateFolder) {
    return Map.of(
        SidecarConfig.BOOTSTRAP_SERVERS,
        broker.bootstrapServers(),
        SidecarConfig.SCHEMA_REGISTRY_URL,
        registry.url(),
        SidecarConfig.TOPIC_PREFIX,
        prefix,
        SidecarConfig.HTTP_PORT,
        "0",
        SidecarConfig.ROCKSDB_MEMORY_MB,
        "32",
        SidecarConfig.STATE_DIR,
        stateFolder.toString());
  }

  /** Makes the topics of a pipeline, so that clients can use them before a sidecar is up. */
  Topics createTopics(String prefix) {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(PARTITIONS, (short) 1));
    }
    return topics;
  }

  SchemaRegistry schemas() {
    return SchemaRegistry.at(registry.url());
  }

  /** Sends transactions, labels and model updates, and bytes as they are. */
  KafkaProducer<String, Object> producer() {
    AvroSerializer<Transaction> transactions = new AvroSerializer<>(schemas(), Transaction.class);
    AvroSerializer<Label> labels = new AvroSerializer<>(schemas(), Label.class);
    AvroSerializer<ModelUpdate> models = new AvroSerializer<>(schemas(), ModelUpdate.class);
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 5),
        new StringSerializer(),
        (topic, value) -> {
          if (value instanceof Transaction transaction) {
            return transactions.serialize(topic, transaction);
          }
          if (value instanceof Label label) {
            return labels.serialize(topic, label);
          }
          return value instanceof ModelUpdate update
              ? models.serialize(topic, update)
              : (byte[]) value;
        });
  }

  <T extends SpecificRecord> KafkaConsumer<String, T> consumer(String topic, Class<T> type) {
    return consumer(topic, new AvroDeserializer<>(schemas(), type));
  }

  /** Reads all that is committed on a topic, from its start. */
  <T> KafkaConsumer<String, T> consumer(String topic, Deserializer<T> values) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    settings.put("isolation.level", "read_committed");
    KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), values);
    Set<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .collect(Collectors.toSet());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  @Override
  public void close() {
    registry.close();
    broker.close();
  }
}
