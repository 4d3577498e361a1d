package io.shoal.serving;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The replicas that came in last, before the global store: it has a lock, which its thread holds
 * while it waits for the disk. Only that thread writes, here after the store; so whoever finds
 * nothing here finds the same or something newer there. A slot for each hash. Thread-safe.
 */
final class HotReplicas {
  /** With a state of 80 bytes some 8 MiB. */
  private static final int SLOTS = 32_768;

  private final AtomicReferenceArray<@Nullable Replica> slots = new AtomicReferenceArray<>(SLOTS);

  /** A state, or that there is none. */
  private record Replica(String key, byte @Nullable [] state) {}

  byte @Nullable [] get(String key, KeyValueStore<String, byte[]> store) {
    Replica replica = slots.get(HotStates.slot(key, SLOTS));
    return replica != null && replica.key.equals(key) ? replica.state : store.get(key);
  }

  /** Stores a replica and keeps it; null deletes it. */
  void put(String key, byte @Nullable [] state, KeyValueStore<String, byte[]> store) {
    store.put(key, state);
    slots.set(HotStates.slot(key, SLOTS), new Replica(key, state));
  }

  /** Forgets all: the store was read anew. */
  void clear() {
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.set(slot, null);
    }
  }
}
