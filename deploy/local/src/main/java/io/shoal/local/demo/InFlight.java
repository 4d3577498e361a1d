package io.shoal.local.demo;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that were sent and are not predicted yet, by id; an id that was sent twice is in
 * it twice. Bounded: whoever sends waits for room first. A hash table with linear probing, so that
 * an entry costs no object. Thread-safe.
 */
final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final @Nullable String[] table;
  private final int mask;
  private final int limit;
  private final int wakeSize;
  private int size;

  /** Room for this many transactions. */
  InFlight(int limit) {
    this.limit = limit;
    // Predictions come in batches; to wake the sender for each of a batch would cost more than it
    // gains.
    this.wakeSize = limit - Math.max(1, limit / 8);
    this.table = new @Nullable String[Integer.highestOneBit(Math.max(1, limit)) << 2];
    this.mask = table.length - 1;
  }

  /** Waits this long for room for one more; whether there is. */
  boolean awaitRoom(long waitMs) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(waitMs);
      while (size >= limit && nanos > 0) {
        nanos = room.awaitNanos(nanos);
      }
      return size < limit;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds an id.
   *
   * @throws IllegalStateException when there is no room
   */
  void add(String id) {
    lock.lock();
    try {
      if (size >= limit) {
        throw new IllegalStateException("no room for transaction " + id + ": " + limit + " fly");
      }
      int slot = home(id);
      while (table[slot] != null) {
        slot = (slot + 1) & mask;
      }
      table[slot] = id;
      size++;
    } finally {
      lock.unlock();
    }
  }

  /** Removes an id once; false when it is not in flight. */
  boolean remove(String id) {
    lock.lock();
    try {
      for (int slot = home(id); ; slot = (slot + 1) & mask) {
        String held = table[slot];
        if (held == null) {
          return false;
        }
        if (held.equals(id)) {
          clear(slot);
          size--;
          if (size <= wakeSize) {
            room.signal();
          }
          return true;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Number of transactions in flight. */
  int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /** Moves back what stands behind a gap and may be looked for before it (Knuth 6.4, R). */
  private void clear(int gap) {
    int empty = gap;
    for (int slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
      String held = table[slot];
      if (held == null) {
        table[empty] = null;
        return;
      }
      int fromHome = (slot - home(held)) & mask;
      int fromEmpty = (slot - empty) & mask;
      if (fromHome >= fromEmpty) {
        table[empty] = held;
        empty = slot;
      }
    }
  }

  private int home(String id) {
    int hash = id.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & mask;
  }
}
