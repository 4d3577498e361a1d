package io.shoal.local.demo;

import io.shoal.replay.PredictionsFile;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads predictions and dead letters from the end of their topics on, and checks the predictions
 * against what is in flight: each takes its transaction out; a source offset that was answered
 * before is a duplicate; the rest answers transactions that others sent, or that were sent before
 * this run. For one thread; {@link #answers} is for any.
 */
final class PredictionCollector implements AutoCloseable {
  static final int ALERTS_KEPT = 8;
  static final int DEAD_LETTERS_KEPT = 4;
  static final int REASONS_MAX = 100;

  private static final Logger log = LoggerFactory.getLogger(PredictionCollector.class);
  private static final String OTHER_REASONS = "other";

  private final Consumer<byte[], byte[]> consumer;
  private final Decoders decoders;
  private final Topics topics;
  private final InFlight inFlight;
  private final @Nullable PredictionsFile file;
  private final Clock clock;

  private final SourceOffsets sourceOffsets = new SourceOffsets();
  private final LatencyMeter latency;
  private final Deque<DemoAlert> lastAlerts = new ArrayDeque<>();
  private final Map<String, Long> deadLettersByReason = new TreeMap<>();
  private final Deque<String> lastDeadLetters = new ArrayDeque<>();
  private long predictions;
  private long duplicates;
  private long foreign;
  private long refused;
  private long scored;
  private long alerts;
  private long deadLetters;
  private long versions;
  private @Nullable Long modelVersion;
  private @Nullable Instant modelSwappedInAt;
  private long lastMs;
  private Map<TopicPartition, Long> endOffsets = Map.of();
  private volatile Answers answers = Answers.NONE;

  /**
   * @param file gets a line for every prediction; null for none
   */
  PredictionCollector(
      Consumer<byte[], byte[]> consumer,
      Decoders decoders,
      Topics topics,
      InFlight inFlight,
      @Nullable PredictionsFile file,
      Clock clock) {
    this.consumer = consumer;
    this.decoders = decoders;
    this.topics = topics;
    this.inFlight = inFlight;
    this.file = file;
    this.clock = clock;
    this.latency = new LatencyMeter(clock.millis());
  }

  /** Goes to the end of both topics. What is predicted after this is seen. */
  void assignFromEnd() {
    List<TopicPartition> partitions =
        Stream.of(topics.predictions(), topics.deadLetters())
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is lazy; asking for the position is not.
    partitions.forEach(consumer::position);
  }

  /** Waits this long for records and takes in those that came. */
  void poll(Duration timeout) {
    boolean news = false;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      news = true;
      if (record.topic().equals(topics.predictions())) {
        takePrediction(record);
      } else {
        takeDeadLetter(record);
      }
    }
    if (latency.roll(clock.millis()) || news) {
      publish();
    }
  }

  /** Marks where the topics end now, for {@link #reachedEnd}. */
  void markEnd() {
    endOffsets = consumer.endOffsets(consumer.assignment());
  }

  /** Whether everything up to the marked end was read. */
  boolean reachedEnd() {
    return endOffsets.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** What came so far. */
  Answers answers() {
    return answers;
  }

  @Override
  public void close() {
    consumer.close();
    if (file != null) {
      file.close();
    }
  }

  private void takePrediction(ConsumerRecord<byte[], byte[]> record) {
    Prediction prediction;
    try {
      prediction = decoders.predictions().deserialize(record.topic(), record.value());
    } catch (SerializationException e) {
      log.warn("{}: not readable as a prediction: {}", place(record), e.getMessage());
      return;
    }
    if (prediction == null || !SourceOffsets.isPartition(prediction.getSourcePartition())) {
      log.warn("{}: no prediction of a transaction: {}", place(record), prediction);
      return;
    }
    if (file != null) {
      file.write(prediction);
    }
    boolean repeated =
        !sourceOffsets.advance(
            record.partition(), prediction.getSourcePartition(), prediction.getSourceOffset());
    if (repeated) {
      duplicates++;
      return;
    }
    if (inFlight.remove(prediction.getTransactionId())) {
      predictions++;
      scored += prediction.getScore() == null ? 0 : 1;
      lastMs = clock.millis();
      latency.record(lastMs - record.timestamp());
    } else {
      foreign++;
    }
    noteVersion(prediction.getModelVersion());
    if (prediction.getDecision() == Decision.REVIEW) {
      alerts++;
      keep(lastAlerts, alert(prediction), ALERTS_KEPT);
    }
  }

  private void noteVersion(@Nullable Long version) {
    if (version != null && (modelVersion == null || version > modelVersion)) {
      modelVersion = version;
      modelSwappedInAt = clock.instant();
      versions++;
    }
  }

  private void takeDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter;
    try {
      letter = decoders.deadLetters().deserialize(record.topic(), record.value());
    } catch (SerializationException e) {
      log.warn("{}: not readable as a dead letter: {}", place(record), e.getMessage());
      return;
    }
    if (letter == null) {
      log.warn("{}: no value", place(record));
      return;
    }
    deadLetters++;
    boolean known = deadLettersByReason.containsKey(letter.getReason());
    String reason =
        known || deadLettersByReason.size() < REASONS_MAX ? letter.getReason() : OTHER_REASONS;
    deadLettersByReason.merge(reason, 1L, Long::sum);
    keep(lastDeadLetters, reason + ": " + letter.getMessage(), DEAD_LETTERS_KEPT);
    if (letter.getSource().equals(topics.transactions()) && letter.getValue() != null) {
      takeRefused(letter);
    }
  }

  /** A transaction of ours that the pipeline refused gets no prediction: it is not awaited. */
  private void takeRefused(DeadLetter letter) {
    try {
      byte[] value = new byte[letter.getValue().remaining()];
      letter.getValue().duplicate().get(value);
      var transaction = decoders.transactions().deserialize(topics.transactions(), value);
      if (transaction != null && inFlight.remove(transaction.getTransactionId())) {
        refused++;
      }
    } catch (SerializationException e) {
      log.debug("a dead letter of another sender: {}", e.getMessage());
    }
  }

  private void publish() {
    answers =
        new Answers(
            predictions,
            duplicates,
            foreign,
            refused,
            scored,
            predictions - scored,
            alerts,
            List.copyOf(lastAlerts),
            latency.interval(),
            latency.total(),
            versions,
            modelVersion,
            modelSwappedInAt,
            deadLetters,
            Map.copyOf(deadLettersByReason),
            List.copyOf(lastDeadLetters),
            lastMs);
  }

  private static <T> void keep(Deque<T> newestFirst, T item, int max) {
    newestFirst.addFirst(item);
    if (newestFirst.size() > max) {
      newestFirst.removeLast();
    }
  }

  private static DemoAlert alert(Prediction prediction) {
    List<DemoAlert.Cause> causes = new ArrayList<>();
    for (Contribution c : prediction.getContributions()) {
      causes.add(new DemoAlert.Cause(c.getFeature(), c.getValue(), c.getShare()));
    }
    String reason = prediction.getReason();
    return new DemoAlert(
        prediction.getTransactionId(),
        prediction.getEventTime(),
        prediction.getEntityId(),
        prediction.getScore(),
        prediction.getRisk(),
        reason == null ? "" : reason,
        prediction.getModelVersion(),
        causes);
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + " at " + record.offset();
  }
}
