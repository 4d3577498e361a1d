package io.shoal.console.stream;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.FeatureVector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from Kafka what one prediction was made of, when somebody asks: the original record by
 * its offset, the vector by its timestamp, which it shares with the prediction. Thread-safe, one
 * question at a time.
 */
public final class SourceLookup implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(300);
  private static final long PATIENCE_MS = 3_000;

  /** Records of one timestamp and after it that are looked at. */
  private static final int SCANNED_MAX = 50_000;

  private final Consumer<byte[], byte[]> consumer;
  private final GenericAvroDeserializer sources;
  private final AvroDeserializer<FeatureVector> vectors;
  private final Topics topics;

  /** A lookup over this consumer, which it closes. */
  public SourceLookup(Consumer<byte[], byte[]> consumer, SchemaRegistry schemas, Topics topics) {
    this.consumer = consumer;
    this.sources = new GenericAvroDeserializer(schemas);
    this.vectors = new AvroDeserializer<>(schemas, FeatureVector.class);
    this.topics = topics;
  }

  /** The fields of the original record; empty when Kafka has it no more or it cannot be read. */
  public synchronized Optional<Map<String, Object>> source(
      String topic, int partition, long offset) {
    return scan(
        new TopicPartition(topic, partition),
        offset,
        message -> message.offset() != offset ? null : AvroFields.of(sources, message),
        message -> message.offset() > offset);
  }

  /**
   * The vector of a transaction; empty when Kafka has it no more.
   *
   * @param partition of its prediction: both have the same key
   * @param at timestamp of its prediction
   */
  public synchronized Optional<FeatureVector> vector(String transactionId, int partition, long at) {
    TopicPartition from = new TopicPartition(topics.features(), partition);
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(from, at), Duration.ofMillis(PATIENCE_MS)).get(from);
    if (first == null) {
      return Optional.empty();
    }
    return scan(
        from,
        first.offset(),
        message -> {
          FeatureVector vector = decoded(message);
          return vector != null && vector.getTransactionId().equals(transactionId) ? vector : null;
        },
        message -> message.offset() - first.offset() > SCANNED_MAX);
  }

  private @Nullable FeatureVector decoded(ConsumerRecord<byte[], byte[]> message) {
    try {
      return vectors.deserialize(message.topic(), message.value());
    } catch (UndecodableRecordException e) {
      return null;
    }
  }

  /** Reads on from an offset until a record gives something. */
  private <T> Optional<T> scan(
      TopicPartition partition,
      long offset,
      Function<ConsumerRecord<byte[], byte[]>, @Nullable T> wanted,
      Predicate<ConsumerRecord<byte[], byte[]>> past) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long untilNs = System.nanoTime() + Duration.ofMillis(PATIENCE_MS).toNanos();
    while (consumer.position(partition) < end && System.nanoTime() < untilNs) {
      for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
        T found = wanted.apply(message);
        if (found != null) {
          return Optional.of(found);
        }
        if (past.test(message)) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
