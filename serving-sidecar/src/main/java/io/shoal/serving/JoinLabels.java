package io.shoal.serving;

import io.shoal.features.EventClock;
import io.shoal.features.InvalidEventException;
import io.shoal.features.StateUpdate;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.LedgerEntry;
import io.shoal.schemas.avro.LedgerEvent;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * The label ledger: keeps what was scored and joins it with its label, whichever comes first. A
 * label that no transaction claims in time goes to the dead letters. The first label of a
 * transaction counts; the same again is ignored, another one is a dead letter.
 */
final class JoinLabels implements Processor<String, byte[], String, Object> {
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  private final String fingerprint;
  private final Deserializer<LedgerEvent> decoder;
  private final UnmatchedLabels unmatched;
  private final long retentionMs;
  private final Duration labelWait;
  private final EventClock clock = new EventClock();
  private @Nullable ProcessorContext<String, Object> context;
  private @Nullable WindowStore<String, LedgerEntry> ledger;
  private StreamMetrics.@Nullable Labels metrics;
  private @Nullable KeyValueStore<String, ValueAndTimestamp<Label>> waiting;
  private @Nullable GradeLedger grades;
  private long nowMs = Long.MIN_VALUE;

  /** Whether labels may be waiting; mostly none does, and asking for each entry costs. */
  private boolean someWait = true;

  /** Makes the dead letter of a label that found no transaction. */
  @FunctionalInterface
  interface UnmatchedLabels {
    Object letter(Label label, Duration waited);
  }

  /** The fingerprint tells the entries of this feature set from those of one beside it. */
  JoinLabels(
      String fingerprint,
      Deserializer<LedgerEvent> decoder,
      Duration retention,
      Duration labelWait,
      UnmatchedLabels unmatched) {
    this.decoder = decoder;
    this.fingerprint = fingerprint;
    this.retentionMs = retention.toMillis();
    this.labelWait = labelWait;
    this.unmatched = unmatched;
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    ledger = processorContext.getStateStore(SidecarTopology.LEDGER);
    waiting = processorContext.getStateStore(SidecarTopology.WAITING_LABELS);
    grades =
        new GradeLedger(
            processorContext.getStateStore(SidecarTopology.GRADES), Duration.ofMillis(retentionMs));
    metrics = new StreamMetrics(processorContext.metrics()).labels();
    try (KeyValueIterator<String, ValueAndTimestamp<Label>> labels = waiting.all()) {
      someWait = labels.hasNext();
    }
    processorContext.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (grades == null) {
      throw new IllegalStateException("process before init");
    }
    try {
      Pack.forEach(
          record.key(), record.value(), (key, event) -> take(key, event, record.timestamp()));
    } finally {
      grades.write();
    }
  }

  private void take(String transactionId, byte[] bytes, long timestamp) {
    if (context == null || ledger == null || waiting == null || grades == null) {
      throw new IllegalStateException("process before init");
    }
    LedgerEvent event = decoder.deserialize("", bytes);
    if (event.getEntry() != null) {
      if (event.getEntry().getFingerprint().equals(fingerprint)) {
        enter(transactionId, event.getEntry(), timestamp, ledger, waiting);
      }
    } else if (event.getLabel() != null) {
      label(transactionId, event.getLabel(), timestamp, ledger, waiting);
    }
  }

  private void enter(
      String transactionId,
      LedgerEntry entry,
      long timestamp,
      WindowStore<String, LedgerEntry> entries,
      KeyValueStore<String, ValueAndTimestamp<Label>> labels) {
    // An entry far ahead of all others would make the store expire them.
    long eventTimeMs = entry.getEventTime().toEpochMilli();
    nowMs = clock.advance(eventTimeMs);
    long at = Math.min(eventTimeMs, nowMs);
    if (grades != null) {
      grades.scored(entry, at);
    }
    ValueAndTimestamp<Label> early = someWait ? labels.get(transactionId) : null;
    if (early == null) {
      entries.put(transactionId, entry, at);
    } else {
      labels.delete(transactionId);
      join(transactionId, entry, at, early.value(), timestamp, entries);
    }
  }

  private void label(
      String transactionId,
      Label label,
      long timestamp,
      WindowStore<String, LedgerEntry> entries,
      KeyValueStore<String, ValueAndTimestamp<Label>> labels) {
    KeyValue<Long, LedgerEntry> found = find(transactionId, label.getKnownAt(), entries);
    if (found == null) {
      labels.put(transactionId, ValueAndTimestamp.make(label, timestamp));
      someWait = true;
      return;
    }
    LedgerEntry entry = found.value;
    if (entry.getFraud() == null) {
      join(transactionId, entry, found.key, label, timestamp, entries);
    } else if (!entry.getFraud().equals(label.getFraud())) {
      throw new InvalidEventException(
          "conflicting-label",
          "transaction " + transactionId + " was labelled fraud=" + entry.getFraud() + " before");
    }
  }

  private @Nullable KeyValue<Long, LedgerEntry> find(
      String transactionId, Instant knownAt, WindowStore<String, LedgerEntry> entries) {
    // A label whose known_at lies before its transaction is odd but harmless: search a day beyond
    // it.
    Instant to = knownAt.plus(Duration.ofDays(1));
    Instant from = Instant.ofEpochMilli(Math.max(0, knownAt.toEpochMilli() - retentionMs));
    try (WindowStoreIterator<LedgerEntry> found = entries.backwardFetch(transactionId, from, to)) {
      return found.hasNext() ? found.next() : null;
    }
  }

  private void join(
      String transactionId,
      LedgerEntry entry,
      long at,
      Label label,
      long timestamp,
      WindowStore<String, LedgerEntry> entries) {
    if (context == null || metrics == null || grades == null) {
      throw new IllegalStateException("join before init");
    }
    metrics.joined(entry.getEventTime(), label.getKnownAt());
    grades.labelled(entry, at, label.getFraud());
    entry.setFraud(label.getFraud());
    entries.put(transactionId, entry, at);
    Feedback feedback =
        new Feedback(
            transactionId,
            entry.getEventTime(),
            label.getKnownAt(),
            entry.getEntityId(),
            label.getFraud(),
            label.getSource(),
            entry.getFingerprint(),
            entry.getValues(),
            entry.getScore(),
            entry.getRisk(),
            entry.getReview(),
            entry.getModelVersion());
    context.forward(
        new Record<>(entry.getEntityId(), feedback, timestamp), SidecarTopology.FEEDBACK);
    if (label.getFraud()) {
      byte[] update = StateUpdate.fraud(entry.getEventTime().toEpochMilli()).toBytes();
      for (String key : entry.getStateKeys()) {
        context.forward(new Record<>(key, update, timestamp), SidecarTopology.SECONDARY_FRAUDS);
      }
    }
  }

  /** Gives up on labels that have waited too long. */
  private void sweep(long wallClockMs) {
    if (context == null || waiting == null || metrics == null || grades == null) {
      return;
    }
    if (nowMs != Long.MIN_VALUE) {
      grades.sweep(nowMs);
    }
    try (KeyValueIterator<String, ValueAndTimestamp<Label>> labels = waiting.all()) {
      someWait = labels.hasNext();
      while (labels.hasNext()) {
        KeyValue<String, ValueAndTimestamp<Label>> label = labels.next();
        Duration waited = Duration.ofMillis(wallClockMs - label.value.timestamp());
        if (waited.compareTo(labelWait) > 0) {
          waiting.delete(label.key);
          metrics.unmatched();
          context.forward(
              new Record<>(label.key, unmatched.letter(label.value.value(), waited), wallClockMs),
              SidecarTopology.DEAD_LETTERS);
        }
      }
    }
  }
}
