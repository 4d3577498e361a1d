package io.shoal.features.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TopicHistoryTest {
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();
  private static final String TOPIC = "transactions";

  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

  @Test
  void shouldMergePartitionsByTheTimeOfSendingAndStopWhereTheTopicEnded() {
    partitions(2, 3);
    consumer.schedulePollTask(
        () -> {
          add(0, 0, 10, transaction("a"));
          add(0, 1, 40, transaction("d"));
        });
    consumer.schedulePollTask(
        () -> {
          add(1, 0, 20, transaction("b"));
          add(1, 1, 25, "no avro".getBytes(StandardCharsets.UTF_8));
          add(1, 2, 30, transaction("c"));
          add(1, 3, 50, transaction("too late"));
        });

    List<String> ids = new ArrayList<>();
    Event event = FEATURES.newEvent();
    try (TopicHistory history = new TopicHistory(FEATURES, TOPIC, consumer, registry)) {
      while (history.next(event)) {
        ids.add(event.id);
      }
      assertThat(ids).containsExactly("a", "b", "c", "d");
      assertThat(history.skipped()).isEqualTo(1);
    }
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void shouldBeOverAtOnceOnAnEmptyTopic() {
    partitions(0, 0);

    try (TopicHistory history = new TopicHistory(FEATURES, TOPIC, consumer, registry)) {
      assertThat(history.next(FEATURES.newEvent())).isFalse();
    }
  }

  @Test
  void shouldSayThatThereIsNoTopic() {
    assertThatThrownBy(() -> new TopicHistory(FEATURES, "none", consumer, registry))
        .isInstanceOf(ConfigException.class)
        .hasMessage("there is no topic none");
  }

  private void partitions(long... ends) {
    List<PartitionInfo> infos = new ArrayList<>();
    for (int p = 0; p < ends.length; p++) {
      infos.add(new PartitionInfo(TOPIC, p, Node.noNode(), new Node[0], new Node[0]));
      TopicPartition partition = new TopicPartition(TOPIC, p);
      consumer.updateBeginningOffsets(Map.of(partition, 0L));
      consumer.updateEndOffsets(Map.of(partition, ends[p]));
    }
    consumer.updatePartitions(TOPIC, infos);
  }

  private void add(int partition, long offset, long timestampMs, byte[] value) {
    consumer.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            partition,
            offset,
            timestampMs,
            TimestampType.CREATE_TIME,
            0,
            value.length,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private byte[] transaction(String id) {
    return new AvroSerializer<>(registry, Transaction.class)
        .serialize(TOPIC, new Transaction(id, Instant.EPOCH, "anna", "books", 1.0));
  }
}
