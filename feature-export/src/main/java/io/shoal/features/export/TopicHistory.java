package io.shoal.features.export;

import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.InvalidEventException;
import io.shoal.features.RecordReader;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.Label;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What a topic retains, from its beginning to where it ended when this was opened, all partitions
 * merged by record timestamp. Records that cannot be read are left out and counted.
 */
public final class TopicHistory implements History {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int BUFFERED_MAX = 5_000;

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, ArrayDeque<ConsumerRecord<byte[], byte[]>>> buffers =
      new HashMap<>();
  private final FeatureSet features;
  private final GenericAvroDeserializer deserializer;
  private final IdentityHashMap<Schema, RecordReader> readers = new IdentityHashMap<>();
  private long skipped;

  /**
   * @param client settings of Kafka clients, brokers among them
   * @throws ConfigException when there is no such topic
   */
  public TopicHistory(
      FeatureSet features, String topic, Map<String, Object> client, SchemaRegistry registry) {
    this(features, topic, consumer(client), registry);
  }

  TopicHistory(
      FeatureSet features,
      String topic,
      Consumer<byte[], byte[]> consumer,
      SchemaRegistry registry) {
    this.features = features;
    this.deserializer = new GenericAvroDeserializer(registry);
    this.consumer = consumer;
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    if (partitions == null || partitions.isEmpty()) {
      consumer.close();
      throw new ConfigException("there is no topic " + topic);
    }
    List<TopicPartition> all =
        partitions.stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    all.forEach(partition -> buffers.put(partition, new ArrayDeque<>()));
    consumer.assign(all);
    consumer.seekToBeginning(all);
    ends = consumer.endOffsets(all);
  }

  @Override
  public boolean next(Event event) {
    for (ConsumerRecord<byte[], byte[]> record = take(); record != null; record = take()) {
      try {
        GenericRecord value = deserializer.deserialize(record.topic(), record.value());
        if (value != null) {
          reader(value.getSchema()).read(value, event);
          return true;
        }
      } catch (UndecodableRecordException | InvalidEventException | ConfigException e) {
        skipped++;
        continue;
      }
      skipped++;
    }
    return false;
  }

  /** Number of records that could not be read. */
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** Reads all labels of a topic. */
  public static Labels labels(String topic, Map<String, Object> client, SchemaRegistry registry) {
    Labels labels = new Labels();
    AvroDeserializer<Label> deserializer = new AvroDeserializer<>(registry, Label.class);
    try (TopicHistory history =
        new TopicHistory(FeatureSet.cardTransactions(), topic, client, registry)) {
      for (ConsumerRecord<byte[], byte[]> record = history.take();
          record != null;
          record = history.take()) {
        @Nullable Label label = deserializer.deserialize(topic, record.value());
        if (label != null) {
          labels.add(
              label.getTransactionId(),
              new KnownLabel(label.getFraud(), label.getKnownAt().toEpochMilli()));
        }
      }
    }
    return labels;
  }

  /** The record with the least timestamp of those that stand first in their partitions. */
  private @Nullable ConsumerRecord<byte[], byte[]> take() {
    while (buffers.entrySet().stream()
        .anyMatch(b -> b.getValue().isEmpty() && !isExhausted(b.getKey()))) {
      poll();
    }
    ArrayDeque<ConsumerRecord<byte[], byte[]>> first = null;
    for (ArrayDeque<ConsumerRecord<byte[], byte[]>> buffer : buffers.values()) {
      if (!buffer.isEmpty()
          && (first == null || buffer.getFirst().timestamp() < first.getFirst().timestamp())) {
        first = buffer;
      }
    }
    return first == null ? null : first.removeFirst();
  }

  private void poll() {
    buffers.forEach(
        (partition, buffer) -> {
          if (buffer.size() > BUFFERED_MAX || isExhausted(partition)) {
            consumer.pause(List.of(partition));
          } else {
            consumer.resume(List.of(partition));
          }
        });
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (record.offset() < ends.getOrDefault(partition, 0L)) {
        buffers.computeIfAbsent(partition, p -> new ArrayDeque<>()).add(record);
      }
    }
  }

  private boolean isExhausted(TopicPartition partition) {
    return consumer.position(partition) >= ends.getOrDefault(partition, 0L);
  }

  private RecordReader reader(Schema schema) {
    return readers.computeIfAbsent(schema, s -> new RecordReader(features, s));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
