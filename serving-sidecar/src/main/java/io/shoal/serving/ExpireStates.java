package io.shoal.serving;

import io.shoal.features.EventClock;
import io.shoal.features.state.EntityState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;

/**
 * Deletes states that no window can reach any more: looks at some at a time, from where it stopped,
 * so that no sweep holds up the stream.
 */
final class ExpireStates {
  /** Between two sweeps. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Few: all tasks of a thread sweep at the same moment, and it scores when they are done. */
  private static final int STATES_PER_SWEEP = 100;

  private final WriteBackStore store;
  private final Function<String, EntityState> states;
  private final EventClock clock = new EventClock();
  private long nowMs = Long.MIN_VALUE;

  /**
   * @param states gives the object to read a key's value with
   */
  ExpireStates(WriteBackStore store, Function<String, EntityState> states) {
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
    List<Bytes> candidates = new ArrayList<>();
    store.visit(
        STATES_PER_SWEEP,
        (key, state) -> {
          if (isExpired(text(key), state)) {
            candidates.add(key);
          }
        });
    for (Bytes key : candidates) {
      byte[] current = store.get(key);
      if (current != null && isExpired(text(key), current)) {
        store.put(key, null);
        deleted.accept(text(key));
      }
    }
  }

  private static String text(Bytes key) {
    return new String(key.get(), StandardCharsets.UTF_8);
  }

  private boolean isExpired(String key, byte[] bytes) {
    EntityState state = states.apply(key);
    state.read(bytes);
    return state.isExpired(nowMs);
  }
}
