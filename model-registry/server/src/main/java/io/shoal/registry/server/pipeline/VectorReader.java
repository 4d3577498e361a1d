package io.shoal.registry.server.pipeline;

import io.shoal.registry.server.gates.RecentVectors;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.FeatureVector;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the newest vectors of the topic of features at hand. Once a second it reads the end of each
 * partition and leaves out what came before: its cost does not grow with the traffic.
 */
public final class VectorReader extends Worker {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long INTERVAL_MS = 1_000;

  private final Consumer<byte[], byte[]> consumer;
  private final AvroDeserializer<FeatureVector> deserializer;
  private final RecentVectors vectors;
  private final String topic;
  private final Assignment assignment;
  private final Semaphore pause = new Semaphore(0);

  /** A reader; {@link #start} starts it. */
  public VectorReader(
      Consumer<byte[], byte[]> consumer,
      AvroDeserializer<FeatureVector> deserializer,
      RecentVectors vectors,
      String topic) {
    super("registry-vectors");
    this.consumer = consumer;
    this.deserializer = deserializer;
    this.vectors = vectors;
    this.topic = topic;
    this.assignment = new Assignment(consumer, topic);
  }

  @Override
  protected void work() throws InterruptedException {
    if (assignment.refresh()) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      int window = Math.max(1, vectors.capacity() / ends.size());
      boolean more = false;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        long position = consumer.position(end.getKey());
        if (end.getValue() - position > window) {
          consumer.seek(end.getKey(), end.getValue() - window);
        }
        more |= end.getValue() > position;
      }
      for (int polls = 0; more && polls < ends.size(); polls++) {
        consumer.poll(POLL).forEach(this::take);
      }
    }
    if (pause.tryAcquire(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
      pause.drainPermits();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> message) {
    try {
      FeatureVector vector = deserializer.deserialize(topic, message.value());
      if (vector != null) {
        vectors.add(message.partition(), message.offset(), vector);
      }
    } catch (UndecodableRecordException e) {
      // Whoever learns from it sends it to the dead letters; here one vector less is no loss.
    }
  }

  @Override
  public void wake() {
    pause.release();
    if (stopping()) {
      consumer.wakeup();
    }
  }

  @Override
  protected void release() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
