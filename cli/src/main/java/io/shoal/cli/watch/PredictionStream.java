package io.shoal.cli.watch;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads predictions and counts them. For one thread. */
public final class PredictionStream implements AutoCloseable {
  private final Consumer<byte[], byte[]> consumer;
  private final AvroDeserializer<Prediction> deserializer;
  private final long startedNs = System.nanoTime();
  private long predictions;
  private long alerts;
  private long unscored;
  private long unreadable;
  private @Nullable Long version;
  private @Nullable Instant eventTime;

  /** Predictions that a consumer reads; it is closed with this. */
  public PredictionStream(Consumer<byte[], byte[]> consumer, SchemaRegistry registry) {
    this.consumer = consumer;
    this.deserializer = new AvroDeserializer<>(registry, Prediction.class);
  }

  /**
   * Goes to a topic.
   *
   * @param fromBeginning whether to read what it has; else only what comes
   * @return whether there is such a topic
   */
  public boolean open(String topic, boolean fromBeginning) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    if (fromBeginning) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
    // Seeking is lazy; asking for the position is not.
    partitions.forEach(consumer::position);
    return !partitions.isEmpty();
  }

  /** Waits so long for predictions and hands over those that came. */
  public void poll(Duration timeout, java.util.function.Consumer<Prediction> reader) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      Prediction prediction;
      try {
        prediction = deserializer.deserialize(record.topic(), record.value());
      } catch (UndecodableRecordException e) {
        unreadable++;
        continue;
      }
      if (prediction != null) {
        count(prediction);
        reader.accept(prediction);
      }
    }
  }

  /** How many came so far, in a line. */
  public String summary() {
    double seconds = Math.max((System.nanoTime() - startedNs) / 1e9, 1e-9);
    String line =
        String.format(
            Locale.ROOT,
            "%,d predictions, %,.0f/s, %,d alerts",
            predictions,
            predictions / seconds,
            alerts);
    if (version != null) {
      line += ", model " + version;
    } else if (unscored > 0) {
      line += ", no model yet";
    }
    if (unreadable > 0) {
      line += String.format(Locale.ROOT, ", %,d unreadable", unreadable);
    }
    return eventTime == null
        ? line
        : line + ", " + eventTime.toString().replaceAll("\\.\\d+Z", "Z");
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void count(Prediction prediction) {
    predictions++;
    eventTime = prediction.getEventTime();
    if (prediction.getDecision() == Decision.UNSCORED) {
      unscored++;
    } else {
      version = prediction.getModelVersion();
    }
    if (prediction.getDecision() == Decision.REVIEW) {
      alerts++;
    }
  }
}
