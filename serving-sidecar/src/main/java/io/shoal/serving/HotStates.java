package io.shoal.serving;

import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The states of a task, of which it keeps the bytes that it wrote last: whoever has just paid pays
 * again soon, and to ask RocksDB costs more than all that is computed of the answer. A slot for
 * each hash, so that nothing is allocated and nothing is searched; the store always has everything.
 * Not thread-safe, and of one initialization of a task: after another the store may have changed.
 */
final class HotStates {
  /** With a state of 300 bytes some 1.5 MiB. */
  static final int SLOTS = 4_096;

  /** 2^32 divided by the golden ratio. */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  private final KeyValueStore<String, byte[]> store;
  private final @Nullable String[] keys = new String[SLOTS];
  private final byte[][] states = new byte[SLOTS][];

  HotStates(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  byte @Nullable [] get(String key) {
    int slot = slot(key);
    return key.equals(keys[slot]) ? states[slot] : store.get(key);
  }

  /**
   * Keeps and stores a state.
   *
   * @param state not to be changed any more
   */
  void put(String key, byte[] state) {
    int slot = slot(key);
    keys[slot] = key;
    states[slot] = state;
    store.put(key, state);
  }

  void delete(String key) {
    int slot = slot(key);
    if (key.equals(keys[slot])) {
      keys[slot] = null;
    }
    store.delete(key);
  }

  /** All states in the order of their keys, from a key on or from the first; to be closed. */
  KeyValueIterator<String, byte[]> from(@Nullable String key) {
    return store.range(key, null);
  }

  /**
   * The slot of a key by Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4), which
   * spreads the keys that differ in a few digits.
   *
   * @param slots a power of two
   */
  static int slot(String key, int slots) {
    return (key.hashCode() * GOLDEN_RATIO) >>> (Integer.numberOfLeadingZeros(slots) + 1);
  }

  private static int slot(String key) {
    return slot(key, SLOTS);
  }
}
