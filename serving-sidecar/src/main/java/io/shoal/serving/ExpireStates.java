package io.shoal.serving;

import io.shoal.features.EventClock;
import io.shoal.features.state.EntityState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Deletes states that no window can reach any more: looks at some at a time, from where it stopped,
 * so that no sweep holds up the stream.
 */
final class ExpireStates {
  /** Between two sweeps. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Few: all tasks of a thread sweep at the same moment, and it scores when they are done. */
  private static final int STATES_PER_SWEEP = 100;

  private final KeyValueStore<String, byte[]> store;
  private final Function<String, EntityState> states;
  private final EventClock clock = new EventClock();
  private @Nullable String next;
  private long nowMs = Long.MIN_VALUE;

  /**
   * @param states gives the object to read a key's value with
   */
  ExpireStates(KeyValueStore<String, byte[]> store, Function<String, EntityState> states) {
    this.store = store;
    this.states = states;
  }

  /** Sees the time of an event; states expire by the time of the stream. */
  void advance(long eventTimeMs) {
    nowMs = clock.advance(eventTimeMs);
  }

  /** Deletes what has expired among the next states. */
  void sweep(Consumer<String> deleted) {
    if (nowMs == Long.MIN_VALUE) {
      return;
    }
    List<String> expired = new ArrayList<>();
    int seen = 0;
    try (KeyValueIterator<String, byte[]> entries = store.range(next, null)) {
      while (entries.hasNext() && seen++ < STATES_PER_SWEEP) {
        KeyValue<String, byte[]> entry = entries.next();
        EntityState state = states.apply(entry.key);
        state.read(entry.value);
        if (state.isExpired(nowMs)) {
          expired.add(entry.key);
        }
      }
      next = entries.hasNext() ? entries.peekNextKey() : null;
    }
    for (String key : expired) {
      store.delete(key);
      deleted.accept(key);
    }
  }
}
