package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.SkewCheck;
import io.shoal.features.StateUpdate;
import io.shoal.features.Vectorizer;
import io.shoal.features.state.CorruptStateException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the raw events of a sample of entities and compares what the stream computed of them with
 * what the events say. The sample is chosen by a hash of the key, so that of each entity in it
 * every event is there. For one processor.
 */
final class SkewMeter {
  private static final Logger log = LoggerFactory.getLogger(SkewMeter.class);
  private static final int HASH_BITS = 31;

  /**
   * What the meters of one sidecar have in common.
   *
   * @param share of the entities that are in the sample
   * @param eventsMax raw events that are kept of each
   * @param report collects the findings of all
   */
  record Settings(double share, int eventsMax, SkewReport report) {
    boolean isOn() {
      return share > 0;
    }

    boolean samples(String key) {
      // The string's own hash spreads similar keys badly: the finalizer of MurmurHash3 mixes it.
      int hash = key.hashCode();
      hash = (hash ^ hash >>> 16) * 0x85ebca6b;
      hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
      return (hash ^ hash >>> 16) >>> 1 < share * (1L << HASH_BITS);
    }
  }

  private final Settings settings;
  private final SkewCheck check;
  private final KeyValueStore<String, byte[]> histories;
  private final ProcessorContext<?, ?> context;
  private final SkewCheck.Findings findings;

  /**
   * @param unit whose events are seen
   * @param storeName of the raw events
   */
  SkewMeter(
      FeatureSet features,
      int unit,
      Settings settings,
      ProcessorContext<?, ?> context,
      String storeName) {
    this.settings = settings;
    this.check = new SkewCheck(features, unit, settings.eventsMax());
    this.histories = context.getStateStore(storeName);
    this.context = context;
    StreamMetrics.Skew metrics = new StreamMetrics(context.metrics()).skew(features.names());
    this.findings =
        (feature, mismatch, missing, smape) -> {
          settings.report().compared(feature, mismatch, missing, smape);
          metrics.compared(feature, mismatch, missing, smape);
        };
  }

  /** Whether the entity is in the sample. */
  boolean samples(String key) {
    return settings.samples(key);
  }

  /**
   * Sees an event and what was computed of it.
   *
   * @param known whether the entity had a state before it
   */
  void vector(String key, boolean known, Event event, Vectorizer vectorizer, float[] values) {
    read(key, known, event.timeMs);
    check.add(offset(), event);
    histories.put(key, check.toBytes());
    check.compareVector(event, vectorizer, values, findings);
  }

  /**
   * Sees an update of a state that is kept beside the stream, and that state after it.
   *
   * @param known whether there was a state before it
   */
  void windows(String key, boolean known, StateUpdate update, Vectorizer vectorizer) {
    read(key, known, update.eventTimeMs());
    check.add(offset(), update);
    histories.put(key, check.toBytes());
    if (!update.isFraud()) {
      check.compareWindows(update.eventTimeMs(), vectorizer, findings);
    }
  }

  /** The entity's state has expired. */
  void forget(String key) {
    if (samples(key)) {
      histories.delete(key);
    }
  }

  private void read(String key, boolean known, long timeMs) {
    byte @Nullable [] raw = histories.get(key);
    try {
      check.read(raw, known, timeMs);
    } catch (CorruptStateException e) {
      log.warn("the raw events of {} start anew: {}", key, e.getMessage());
      check.read(null, known, timeMs);
    }
  }

  private long offset() {
    return context.recordMetadata().orElseThrow().offset();
  }
}
