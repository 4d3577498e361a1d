package io.shoal.features;

import io.shoal.features.state.EntityState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Computes vectors over events in the order in which they came, with all states at hand: what the
 * sidecar does in the stream, for files, benchmarks and tests. Not thread-safe.
 */
public final class FeatureReplay {
  private final Vectorizer vectorizer;
  private final List<StateUnit> units;
  private final List<StateStore> stores;
  private long late;

  /** Where the states of one unit are kept, by the entity's key. */
  public interface StateStore {
    /** What was put last, or null. */
    byte @Nullable [] get(String key);

    /** Keeps a value. */
    void put(String key, byte[] value);

    /** A store in a map. */
    static StateStore over(Map<String, byte[]> values) {
      return new StateStore() {
        @Override
        public byte @Nullable [] get(String key) {
          return values.get(key);
        }

        @Override
        public void put(String key, byte[] value) {
          values.put(key, value);
        }
      };
    }
  }

  /** A replay that starts without history, with its states on the heap. */
  public FeatureReplay(FeatureSet features) {
    this(features, unit -> StateStore.over(new HashMap<>()));
  }

  /** A replay with a store for each unit. */
  public FeatureReplay(FeatureSet features, Function<StateUnit, StateStore> stores) {
    this.vectorizer = features.newVectorizer();
    this.units = features.units();
    this.stores = units.stream().map(stores).toList();
  }

  /**
   * Takes the next event and computes its vector: the entity of the message key with the event
   * itself, the others as they were before it.
   *
   * @param out receives the values, {@code [dimension]}
   */
  public void process(Event event, float[] out) {
    vectorizer.begin(event);
    for (int u = 0; u < units.size(); u++) {
      EntityState state = vectorizer.state(u);
      state.read(stores.get(u).get(key(u, event)));
      if (units.get(u).inLine()) {
        add(u, event);
      }
    }
    vectorizer.compute(out);
    for (int u = 0; u < units.size(); u++) {
      if (!units.get(u).inLine()) {
        add(u, event);
      }
    }
  }

  /**
   * Computes the vector of an event without adding it: what the features say at its time.
   *
   * @param out receives the values, {@code [dimension]}
   */
  public void peek(Event event, float[] out) {
    vectorizer.begin(event);
    for (int u = 0; u < units.size(); u++) {
      vectorizer.state(u).read(stores.get(u).get(key(u, event)));
    }
    vectorizer.compute(out);
  }

  /** Learns that an event that came before was fraud; of it, its time and keys are needed. */
  public void fraud(Event event) {
    for (int u = 0; u < units.size(); u++) {
      if (units.get(u).labels()) {
        EntityState state = vectorizer.state(u);
        state.read(stores.get(u).get(key(u, event)));
        if (state.addFraud(event.timeMs)) {
          stores.get(u).put(key(u, event), state.toBytes());
        }
      }
    }
  }

  /** How often an event came too late for some windows of an entity. */
  public long late() {
    return late;
  }

  private void add(int unit, Event event) {
    if (!vectorizer.add(unit)) {
      late++;
    }
    stores.get(unit).put(key(unit, event), vectorizer.state(unit).toBytes());
  }

  private String key(int unit, Event event) {
    return event.keys[units.get(unit).entity()];
  }
}
