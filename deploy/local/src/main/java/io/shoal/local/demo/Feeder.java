package io.shoal.local.demo;

import io.shoal.local.traffic.LabelSchedule;
import io.shoal.local.traffic.MalformedLine;
import io.shoal.local.traffic.TransactionSource;
import io.shoal.schemas.DeadLetters;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends what a source gives: transactions at a pace, the labels that become known by the event
 * clock, and lines that are no transactions as dead letters. Waits while too many transactions are
 * unpredicted, so that labels never run ahead of scoring. Runs once, on one thread; the getters are
 * for any.
 */
final class Feeder implements Runnable {
  private static final long ROOM_WAIT_MS = 100;
  private static final long CHECKPOINT_INTERVAL_MS = 1_000;
  private static final String MALFORMED_LINE = "malformed-line";

  private final TransactionSource source;
  private final long limit;
  private final Pace pace;
  private final LabelSchedule schedule;
  private final InFlight inFlight;
  private final Producer<String, SpecificRecord> producer;
  private final Topics topics;
  private final Clock clock;
  private final Runnable checkpoint;
  private final Callback onSent = (metadata, exception) -> failOn(exception);

  private final AtomicLong transactions = new AtomicLong();
  private final AtomicLong labels = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private long eventClockMs = Long.MIN_VALUE;
  private long nextCheckpointMs;
  private volatile @Nullable Instant firstEventTime;
  private volatile @Nullable Instant lastEventTime;
  private volatile long startedMs;
  private volatile boolean stopped;
  private volatile boolean done;

  /**
   * @param limit transactions to send at most
   * @param checkpoint called on the feeder's thread about once a second and at the end, to keep the
   *     source's position
   */
  Feeder(
      TransactionSource source,
      long limit,
      Pace pace,
      LabelSchedule schedule,
      InFlight inFlight,
      Producer<String, SpecificRecord> producer,
      Topics topics,
      Clock clock,
      Runnable checkpoint) {
    this.source = source;
    this.limit = limit;
    this.pace = pace;
    this.schedule = schedule;
    this.inFlight = inFlight;
    this.producer = producer;
    this.topics = topics;
    this.clock = clock;
    this.checkpoint = checkpoint;
    this.startedMs = clock.millis();
  }

  @Override
  public void run() {
    try {
      startedMs = clock.millis();
      nextCheckpointMs = startedMs + CHECKPOINT_INTERVAL_MS;
      feed();
      producer.flush();
      checkpoint.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failOn(e);
    } catch (RuntimeException e) {
      failOn(e);
    } finally {
      done = true;
    }
  }

  /** Ends the run after the current record. */
  void stop() {
    stopped = true;
  }

  /** Whether nothing more will be sent and all that was sent is acknowledged, or it failed. */
  boolean done() {
    return done;
  }

  /** Why the run ended early; null when it did not. */
  @Nullable Exception failure() {
    return failure.get();
  }

  /** Transactions sent. */
  long transactions() {
    return transactions.get();
  }

  /** Labels sent. */
  long labels() {
    return labels.get();
  }

  /** When the run began (wall clock). */
  long startedMs() {
    return startedMs;
  }

  /** Event time of the first transaction; null before it. */
  @Nullable Instant firstEventTime() {
    return firstEventTime;
  }

  /** Event time of the last transaction; null before the first. */
  @Nullable Instant lastEventTime() {
    return lastEventTime;
  }

  private void feed() throws InterruptedException {
    while (!stopped && failure.get() == null && transactions.get() < limit) {
      // First room and turn, then the transaction: one that is taken is sent, also when the run is
      // stopped, so that the source's position is true.
      if (!inFlight.awaitRoom(ROOM_WAIT_MS) || !pace.due()) {
        continue;
      }
      switch (source.next()) {
        case TRANSACTION -> send(source.transaction(), source.fraud());
        case MALFORMED -> send(source.malformed());
        case END -> {
          return;
        }
      }
    }
  }

  private void send(Transaction transaction, @Nullable Boolean fraud) {
    Instant eventTime = transaction.getEventTime();
    eventClockMs = Math.max(eventClockMs, eventTime.toEpochMilli());
    for (Label due = schedule.poll(eventClockMs); due != null; due = schedule.poll(eventClockMs)) {
      send(topics.labels(), due.getTransactionId(), due);
      labels.incrementAndGet();
    }
    inFlight.add(transaction.getTransactionId());
    send(topics.transactions(), transaction.getCustomerId(), transaction);
    if (Boolean.TRUE.equals(fraud)) {
      schedule.add(transaction.getTransactionId(), eventTime.toEpochMilli());
    }
    if (firstEventTime == null) {
      firstEventTime = eventTime;
    }
    lastEventTime = eventTime;
    transactions.incrementAndGet();
    if (clock.millis() >= nextCheckpointMs) {
      nextCheckpointMs = clock.millis() + CHECKPOINT_INTERVAL_MS;
      checkpoint.run();
    }
  }

  private void send(MalformedLine line) {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(MALFORMED_LINE)
            .setMessage(source.name() + " line " + line.number() + ": " + line.message())
            .setSource(source.name())
            .setOffset(line.number())
            .setAt(clock.instant())
            .setValue(ByteBuffer.wrap(line.text().getBytes(StandardCharsets.UTF_8)))
            .build();
    send(topics.deadLetters(), null, DeadLetters.bounded(letter));
  }

  private void send(String topic, @Nullable String key, SpecificRecord value) {
    // The callback hears of failures; nobody waits for a single record.
    Future<?> unused =
        producer.send(new ProducerRecord<>(topic, null, clock.millis(), key, value), onSent);
  }

  private void failOn(@Nullable Exception exception) {
    if (exception != null) {
      failure.compareAndSet(null, exception);
    }
  }
}
