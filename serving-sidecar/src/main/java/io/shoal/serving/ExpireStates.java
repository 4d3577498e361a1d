package io.shoal.serving;

import io.shoal.features.EventClock;
import io.shoal.features.state.EntityState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueStore;

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
  private final WriteBackStore visited;
  private final Function<String, EntityState> states;
  private final EventClock clock = new EventClock();
  private long nowMs = Long.MIN_VALUE;

  /**
   * @param store before a {@link WriteBackStore}
   * @param states gives the object to read a key's value with
   */
  ExpireStates(KeyValueStore<String, byte[]> store, Function<String, EntityState> states) {
    this.store = store;
    this.visited = WriteBackStore.under(store);
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
    List<String> candidates = new ArrayList<>();
    visited.visit(
        STATES_PER_SWEEP,
        (bytes, state) -> {
          String key = new String(bytes.get(), StandardCharsets.UTF_8);
          if (isExpired(key, state)) {
            candidates.add(key);
          }
        });
    for (String key : candidates) {
      byte[] current = store.get(key);
      if (current != null && isExpired(key, current)) {
        store.delete(key);
        deleted.accept(key);
      }
    }
  }

  private boolean isExpired(String key, byte[] bytes) {
    EntityState state = states.apply(key);
    state.read(bytes);
    return state.isExpired(nowMs);
  }
}
