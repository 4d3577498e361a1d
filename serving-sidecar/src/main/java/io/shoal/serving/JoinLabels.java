package io.shoal.serving;

import io.shoal.features.EventClock;
import io.shoal.features.FeatureSet;
import io.shoal.features.InvalidEventException;
import io.shoal.features.StateUnit;
import io.shoal.features.StateUpdate;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.LedgerEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * The label ledger: keeps what was scored and joins it with its label, whichever comes first. A
 * label that no transaction claims in time goes to the dead letters. The first label of a
 * transaction counts; the same again is ignored, another one is a dead letter.
 */
final class JoinLabels implements Processor<String, byte[], String, Object> {
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);
  private static final long AHEAD_MAX_MS = Duration.ofDays(1).toMillis();

  private final String fingerprint;
  private final long set;
  private final int entities;

  /** Those whose states count frauds. */
  private final List<StateUnit> countFrauds;

  private final Deserializer<LedgerEvent> events;
  private final UnmatchedLabels unmatched;
  private final long retentionMs;
  private final Duration labelWait;
  private final EventClock clock = new EventClock();
  private @Nullable ProcessorContext<String, Object> context;
  private @Nullable KeyValueStore<Bytes, byte[]> ledger;
  private StreamMetrics.@Nullable Labels metrics;
  private @Nullable WaitingLabels waiting;
  private @Nullable GradeLedger grades;
  private @Nullable CommitHook commits;

  /** Entries that the ledger takes in with the record that is being processed. */
  private final Pack entered = new Pack();

  private long nowMs = Long.MIN_VALUE;

  /** Makes the dead letter of a label that found no transaction. */
  @FunctionalInterface
  interface UnmatchedLabels {
    Object letter(Label label, Duration waited);
  }

  /** Leaves alone the entries of a feature set that runs beside this one. */
  JoinLabels(
      FeatureSet features,
      Deserializer<LedgerEvent> events,
      Duration retention,
      Duration labelWait,
      UnmatchedLabels unmatched) {
    this.events = events;
    this.fingerprint = features.fingerprint();
    this.set = ScoredEntry.set(fingerprint);
    this.entities = features.entities().size();
    this.countFrauds = features.units().stream().filter(StateUnit::labels).toList();
    this.retentionMs = retention.toMillis();
    this.labelWait = labelWait;
    this.unmatched = unmatched;
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    ledger = processorContext.getStateStore(SidecarTopology.LEDGER);
    waiting = new WaitingLabels(processorContext.getStateStore(SidecarTopology.WAITING_LABELS));
    KeyValueStore<Bytes, byte[]> rows = processorContext.getStateStore(SidecarTopology.GRADES);
    grades = new GradeLedger(rows, Duration.ofMillis(retentionMs));
    CommitHook hook = processorContext.getStateStore(SidecarTopology.LEDGER_COMMITS);
    hook.attach(processorContext, ((CachedStateStore<?, ?>) rows)::flushCache);
    commits = hook;
    metrics = new StreamMetrics(processorContext.metrics()).labels();
    processorContext.schedule(SWEEP_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::sweep);
  }

  @Override
  public void close() {
    if (commits != null) {
      commits.detach();
    }
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (context == null || ledger == null || grades == null || waiting == null) {
      throw new IllegalStateException("process before init");
    }
    Bytes packKey = packKey(context.recordMetadata().orElseThrow());
    try {
      byte[] value = record.value();
      if (Pack.isPack(value) && isPlain(value, waiting)) {
        enterAll(value, grades);
        ledger.put(packKey, value);
      } else {
        Pack.forEach(
            record.key(),
            value,
            (key, entry) -> take(key, entry, Pack.isPack(value), record.timestamp()));
      }
    } finally {
      grades.write();
      if (!entered.isEmpty()) {
        ledger.put(packKey, entered.toBytes());
        entered.clear();
      }
    }
  }

  /**
   * Whether all entries of a pack are of this feature set, and not of one that runs beside it, and
   * no label waits for any.
   */
  private boolean isPlain(byte[] pack, WaitingLabels labels) {
    boolean[] plain = {true};
    Pack.forEachPlace(
        pack,
        (bytes, keyFrom, keyLength, at, length) ->
            plain[0] &=
                length >= ScoredEntry.HEADER_BYTES
                    && ScoredEntry.set(bytes, at) == set
                    && !labels.mayHave(bytes, keyFrom, keyLength));
    return plain[0];
  }

  /** The usual case, in which a pack goes to the ledger as it came. */
  private void enterAll(byte[] pack, GradeLedger counts) {
    Pack.forEachPlace(
        pack,
        (bytes, keyFrom, keyLength, at, length) -> {
          long atMs = believed(ScoredEntry.timeMs(bytes, at));
          ScoredEntry.setTimeMs(bytes, at, atMs);
          count(bytes, at, atMs, counts);
        });
  }

  /** An entry far ahead of all others would make the store expire them. */
  private long believed(long eventTimeMs) {
    nowMs = clock.advance(eventTimeMs);
    return Math.min(eventTimeMs, nowMs);
  }

  private static void count(byte[] bytes, int at, long atMs, GradeLedger counts) {
    counts.scored(
        ScoredEntry.version(bytes, at),
        ScoredEntry.score(bytes, at),
        ScoredEntry.risk(bytes, at),
        atMs);
  }

  /** Another one for each record that is processed. */
  private static Bytes packKey(RecordMetadata source) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(source.offset()).array());
  }

  /**
   * @param packed whether it is a {@link ScoredEntry}, else a label
   */
  private void take(String transactionId, byte[] bytes, boolean packed, long timestamp) {
    if (!packed) {
      Label label = events.deserialize("", bytes).getLabel();
      if (label != null) {
        label(transactionId, label, timestamp);
      }
    } else if (bytes.length < ScoredEntry.HEADER_BYTES) {
      throw new InvalidEventException("undecodable", "an entry of " + bytes.length + " bytes");
    } else if (ScoredEntry.set(bytes, 0) == set) {
      enter(transactionId, bytes, timestamp);
    }
  }

  private void enter(String transactionId, byte[] bytes, long timestamp) {
    if (waiting == null || grades == null) {
      throw new IllegalStateException("enter before init");
    }
    // First, so that one that cannot be read takes no label with it.
    ScoredEntry.Details entry = ScoredEntry.read(bytes, entities);
    long atMs = believed(ScoredEntry.timeMs(bytes, 0));
    ScoredEntry.setTimeMs(bytes, 0, atMs);
    count(bytes, 0, atMs, grades);
    Label early = waiting.take(transactionId);
    if (early == null) {
      entered.add(transactionId, bytes);
    } else {
      join(transactionId, entry, bytes, early, timestamp);
    }
  }

  private void label(String transactionId, Label label, long timestamp) {
    if (ledger == null || waiting == null) {
      throw new IllegalStateException("label before init");
    }
    byte[] found = ledger.get(Bytes.wrap(transactionId.getBytes(StandardCharsets.UTF_8)));
    if (found == null || !isNear(ScoredEntry.timeMs(found, 0), label.getKnownAt())) {
      waiting.add(transactionId, label, timestamp);
      return;
    }
    ScoredEntry.Details entry = ScoredEntry.read(found, entities);
    if (entry.fraud() == null) {
      join(transactionId, entry, found, label, timestamp);
    } else if (entry.fraud() != label.getFraud()) {
      throw new InvalidEventException(
          "conflicting-label",
          "transaction " + transactionId + " was labelled fraud=" + entry.fraud() + " before");
    }
  }

  /**
   * Whether a transaction was not too long before its label became known. A label whose known_at
   * lies before its transaction is odd but harmless, up to a day.
   */
  private boolean isNear(long timeMs, Instant knownAt) {
    long beforeMs = knownAt.toEpochMilli() - timeMs;
    return beforeMs <= retentionMs && beforeMs >= -AHEAD_MAX_MS;
  }

  private void join(
      String transactionId, ScoredEntry.Details entry, byte[] bytes, Label label, long timestamp) {
    if (context == null || metrics == null || grades == null) {
      throw new IllegalStateException("join before init");
    }
    metrics.joined(entry.eventTime(), label.getKnownAt());
    long version = ScoredEntry.version(bytes, 0);
    double score = ScoredEntry.score(bytes, 0);
    double risk = ScoredEntry.risk(bytes, 0);
    grades.labelled(version, score, risk, ScoredEntry.timeMs(bytes, 0), label.getFraud());
    entered.add(transactionId, ScoredEntry.labelled(bytes, label.getFraud()));
    String primary = entry.keys().get(0);
    Feedback feedback =
        new Feedback(
            transactionId,
            entry.eventTime(),
            label.getKnownAt(),
            primary,
            label.getFraud(),
            label.getSource(),
            fingerprint,
            FloatArrays.asList(entry.values()),
            Double.isNaN(score) ? null : score,
            Double.isNaN(risk) ? null : risk,
            entry.review(),
            version == ScoredEntry.UNSCORED ? null : version);
    context.forward(new Record<>(primary, feedback, timestamp), SidecarTopology.FEEDBACK);
    if (label.getFraud()) {
      byte[] update = StateUpdate.fraud(entry.eventTime().toEpochMilli()).toBytes();
      for (StateUnit unit : countFrauds) {
        String key = unit.replicaKey(entry.keys().get(unit.entity()));
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
      while (labels.hasNext()) {
        KeyValue<String, ValueAndTimestamp<Label>> label = labels.next();
        Duration waited = Duration.ofMillis(wallClockMs - label.value.timestamp());
        if (waited.compareTo(labelWait) > 0) {
          waiting.take(label.key);
          metrics.unmatched();
          context.forward(
              new Record<>(label.key, unmatched.letter(label.value.value(), waited), wallClockMs),
              SidecarTopology.DEAD_LETTERS);
        }
      }
    }
  }
}
