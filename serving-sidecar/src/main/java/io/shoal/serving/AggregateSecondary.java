package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.StateUpdate;
import io.shoal.features.Vectorizer;
import io.shoal.features.state.EntityState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the states that live beside the stream. Every instance reads the changelog of their store
 * into a global store, so what is put is published.
 */
final class AggregateSecondary implements Processor<String, byte[], Void, Void> {
  private final FeatureSet features;
  private final List<StateUnit> units;
  private final Vectorizer vectorizer;
  private final String storeName;
  private @Nullable WriteBackStore store;
  private @Nullable CommitHook commits;
  private @Nullable StreamMetrics metrics;
  private final SkewMeter.Settings skewSettings;
  private @Nullable ExpireStates expiry;
  private @Nullable SkewMeter[] skews = {};

  AggregateSecondary(FeatureSet features, String storeName, SkewMeter.Settings skewSettings) {
    this.skewSettings = skewSettings;
    this.features = features;
    this.units = features.units();
    this.vectorizer = features.newVectorizer();
    this.storeName = storeName;
  }

  @Override
  public void init(ProcessorContext<Void, Void> processorContext) {
    WriteBackStore states = WriteBackStore.under(processorContext.getStateStore(storeName));
    store = states;
    metrics = new StreamMetrics(processorContext.metrics());
    expiry = new ExpireStates(states, this::state);
    skews = new SkewMeter[units.size()];
    for (int u = 0; u < skews.length; u++) {
      if (skewSettings.isOn() && !units.get(u).inLine()) {
        skews[u] =
            new SkewMeter(
                features, u, skewSettings, processorContext, SidecarTopology.RAW_SECONDARY);
      }
    }
    // The store would do so itself, but only when this task commits: too late to be waited for
    // once.
    CommitHook hook = processorContext.getStateStore(SidecarTopology.SECONDARY_COMMITS);
    hook.attach(processorContext, states::log);
    commits = hook;
    processorContext.schedule(ExpireStates.INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::expire);
  }

  @Override
  public void close() {
    if (commits != null) {
      commits.detach();
    }
  }

  @Override
  public void process(Record<String, byte[]> record) {
    Pack.forEach(record.key(), record.value(), this::update);
  }

  private void update(String key, byte[] bytes) {
    if (store == null || metrics == null || expiry == null) {
      throw new IllegalStateException("process before init");
    }
    int unit = unit(key);
    if (unit < 0) {
      return; // of another set that runs beside this one
    }
    StateUpdate update = StateUpdate.fromBytes(bytes, features, unit);
    expiry.advance(update.eventTimeMs());
    EntityState state = vectorizer.state(unit);
    Bytes keyBytes = Bytes.wrap(key.getBytes(StandardCharsets.UTF_8));
    byte[] stored = store.get(keyBytes);
    state.read(stored);
    if (!update.applyTo(state)) {
      metrics.late();
    }
    store.put(keyBytes, state.toBytes());
    SkewMeter skew = skews[unit];
    if (skew != null && skew.samples(key)) {
      skew.windows(key, stored != null, update, vectorizer);
    }
  }

  private void expire(long nowMs) {
    if (expiry != null) {
      expiry.sweep(
          key -> {
            SkewMeter skew = skews[unit(key)];
            if (skew != null) {
              skew.forget(key);
            }
          });
    }
  }

  private EntityState state(String key) {
    return vectorizer.state(unit(key));
  }

  private int unit(String key) {
    for (int u = 0; u < units.size(); u++) {
      if (!units.get(u).inLine() && key.startsWith(units.get(u).replicaPrefix())) {
        return u;
      }
    }
    return -1;
  }
}
