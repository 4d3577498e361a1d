package io.shoal.console.stream;

import io.shoal.console.store.Batch;
import io.shoal.console.store.Writer;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the pipeline says (predictions, labels, shadow scores, drifts, dead letters) into the
 * console's store. Positions are kept with the rows: every record is counted once, whatever ends
 * when. What is older than the store can hold is not read.
 */
public final class StreamReader extends Worker {
  /** Records of one batch. */
  public static final int RECORDS_MAX = 5_000;

  private static final Logger log = LoggerFactory.getLogger(StreamReader.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long REFRESH_NS = Duration.ofSeconds(30).toNanos();
  private static final long ABSENT_MS = 500;
  private static final int BACKLOG_MAX = 100_000;
  private static final int SECONDS = 1_024;

  private final Consumer<byte[], byte[]> consumer;
  private final Writer writer;
  private final Live live;
  private final Clock clock;
  private final int rowsMax;
  private final int rowsPerSecond;
  private final Map<String, Reading<?>> readings;
  private final String predictions;
  private final Semaphore pause = new Semaphore(0);
  private long refreshedNs = System.nanoTime() - REFRESH_NS;

  /** Rows of each of the last seconds; partitions are read up to so far apart. */
  private final int[] listed = new int[SECONDS];

  private final long[] listedSecond = new long[SECONDS];

  /** How one topic is read. */
  private record Reading<T extends SpecificRecord>(
      AvroDeserializer<T> deserializer, Taker<T> taker) {
    boolean take(Batch batch, ConsumerRecord<byte[], byte[]> message, long nowMs, boolean current) {
      try {
        T value = deserializer.deserialize(message.topic(), message.value());
        if (value != null) {
          taker.take(batch, message, value, nowMs, current);
        }
        return value != null;
      } catch (UndecodableRecordException e) {
        return false;
      }
    }
  }

  /** Takes a record into a batch. */
  private interface Taker<T> {
    void take(
        Batch batch, ConsumerRecord<byte[], byte[]> message, T value, long nowMs, boolean current);
  }

  /**
   * A reader; {@link #start} starts it.
   *
   * @param rowsMax predictions that the store keeps
   * @param rowsPerSecond of them in a second; what is beyond is counted alone
   */
  public StreamReader(
      Consumer<byte[], byte[]> consumer,
      SchemaRegistry schemas,
      Topics topics,
      Writer writer,
      Live live,
      int rowsMax,
      int rowsPerSecond,
      Clock clock) {
    super("console-reader");
    this.consumer = consumer;
    this.writer = writer;
    this.live = live;
    this.rowsMax = rowsMax;
    this.rowsPerSecond = rowsPerSecond;
    this.clock = clock;
    this.predictions = topics.predictions();
    this.readings =
        Map.of(
            topics.predictions(),
            new Reading<>(new AvroDeserializer<>(schemas, Prediction.class), this::prediction),
            topics.feedback(),
            new Reading<>(
                new AvroDeserializer<>(schemas, Feedback.class),
                (batch, m, value, now, current) -> batch.add(m.partition(), m.timestamp(), value)),
            topics.shadowScores(),
            new Reading<>(
                new AvroDeserializer<>(schemas, ShadowScore.class),
                (batch, m, value, now, current) -> batch.add(m.partition(), m.timestamp(), value)),
            topics.driftEvents(),
            new Reading<>(
                new AvroDeserializer<>(schemas, DriftEvent.class),
                (batch, m, value, now, current) -> batch.add(m.partition(), m.timestamp(), value)),
            topics.deadLetters(),
            new Reading<>(
                new AvroDeserializer<>(schemas, DeadLetter.class),
                (batch, m, value, now, current) -> batch.add(m.partition(), m.timestamp(), value)));
  }

  @Override
  protected void work() throws InterruptedException {
    if (System.nanoTime() - refreshedNs >= REFRESH_NS) {
      assign();
    }
    if (consumer.assignment().isEmpty()) {
      refreshedNs = System.nanoTime() - REFRESH_NS;
      pause.tryAcquire(ABSENT_MS, TimeUnit.MILLISECONDS);
      return;
    }
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    long nowMs = clock.millis();
    boolean current = records.count() < RECORDS_MAX;
    if (!records.isEmpty()) {
      try {
        writer.write(batch(records, nowMs, current));
      } catch (RuntimeException e) {
        // They are read again: nothing of them was written.
        for (TopicPartition partition : records.partitions()) {
          consumer.seek(partition, records.records(partition).get(0).offset());
        }
        throw e;
      }
    }
    long lag = lag();
    live.read(nowMs, lag, current && lag < RECORDS_MAX, !records.isEmpty());
  }

  private Batch batch(ConsumerRecords<byte[], byte[]> records, long nowMs, boolean current) {
    Batch batch = new Batch();
    int unread = 0;
    for (ConsumerRecord<byte[], byte[]> message : records) {
      Reading<?> reading = readings.get(message.topic());
      if (reading != null && !reading.take(batch, message, nowMs, current)) {
        unread++;
      }
    }
    if (unread > 0) {
      log.warn("{} records of the pipeline's own topics cannot be read and are left out", unread);
    }
    records.partitions().forEach(p -> batch.position(p, consumer.position(p)));
    return batch;
  }

  private void prediction(
      Batch batch,
      ConsumerRecord<byte[], byte[]> message,
      Prediction value,
      long nowMs,
      boolean current) {
    boolean review = value.getDecision() == Decision.REVIEW;
    // While a backlog is read the difference tells its age.
    double latencyMs = current ? nowMs - message.timestamp() : Double.NaN;
    boolean kept = review || hasRoom(message.timestamp() / 1_000);
    batch.add(message.partition(), message.timestamp(), value, latencyMs, kept);
    live.prediction(nowMs, review, latencyMs);
  }

  /** Whether one more prediction that was sent in this second is to be listed. */
  private boolean hasRoom(long second) {
    int slot = (int) Math.floorMod(second, (long) SECONDS);
    if (listedSecond[slot] != second) {
      listedSecond[slot] = second;
      listed[slot] = 0;
    }
    return listed[slot]++ < rowsPerSecond;
  }

  /** Takes partitions that it does not have yet. */
  private void assign() {
    List<TopicPartition> wanted = new ArrayList<>();
    for (String topic : readings.keySet()) {
      List<PartitionInfo> infos = consumer.partitionsFor(topic);
      if (infos != null) {
        infos.forEach(info -> wanted.add(new TopicPartition(topic, info.partition())));
      }
    }
    refreshedNs = System.nanoTime();
    if (wanted.size() == consumer.assignment().size()) {
      return;
    }
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(wanted);
    Map<TopicPartition, Long> ends = consumer.endOffsets(wanted);
    Map<TopicPartition, Long> positions = writer.positions();
    if (wanted.stream().anyMatch(p -> positions.getOrDefault(p, 0L) > ends.getOrDefault(p, 0L))) {
      log.warn("the topics were made anew; what the console knew is forgotten");
      writer.clear();
      positions.clear();
    }
    Map<TopicPartition, Long> seeks = new HashMap<>();
    for (TopicPartition partition : wanted) {
      long end = ends.getOrDefault(partition, 0L);
      long most =
          partition.topic().equals(predictions)
              ? rowsMax / Math.max(1, consumer.partitionsFor(predictions).size())
              : BACKLOG_MAX;
      long first = Math.max(begins.getOrDefault(partition, 0L), end - most);
      seeks.put(partition, Math.max(positions.getOrDefault(partition, 0L), first));
    }
    consumer.assign(wanted);
    seeks.forEach(consumer::seek);
  }

  private long lag() {
    long lag = 0;
    for (TopicPartition partition : consumer.assignment()) {
      OptionalLong behind = consumer.currentLag(partition);
      lag += behind.orElse(0);
    }
    return lag;
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
