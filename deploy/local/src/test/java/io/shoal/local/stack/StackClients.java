package io.shoal.local.stack;

import io.shoal.pipeline.Pipeline;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A stack for tests, and plain Kafka clients of it. */
final class StackClients {
  private StackClients() {}

  static LocalStack start(DataDirectory data) {
    return new LocalStack(data, Pipeline.of("test", "", Map.of()), 0, part -> {});
  }

  static KafkaProducer<String, byte[]> producer(LocalStack stack) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", stack.bootstrapServers(), "acks", "all"),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  static <T extends SpecificRecord> KafkaConsumer<String, T> consumer(
      LocalStack stack, String topic, Class<T> type) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", stack.bootstrapServers());
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(
            settings,
            new StringDeserializer(),
            new AvroSerdes(SchemaRegistry.at(stack.schemaRegistryUrl())).of(type).deserializer());
    Set<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .collect(Collectors.toSet());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
