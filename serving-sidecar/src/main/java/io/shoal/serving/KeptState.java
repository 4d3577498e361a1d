package io.shoal.serving;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A state that {@link WriteBackStore} keeps in memory, overwritten in its place: a new array for
 * each would outlive the young generation, and have the collector copy it until it is replaced. One
 * thread writes. Readers take a copy, and take it again if it was written to meanwhile (a sequence
 * lock).
 */
final class KeptState {
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(KeptState.class, "version", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Headers and fields, of the arrays too. */
  private static final int BYTES = 96;

  private static final int DELETED = -1;
  private static final byte[] NO_ROOM = {};

  private final byte[] key;
  private final int hash;
  private byte[] room = NO_ROOM;
  private int length = DELETED;
  private long changedMs;

  /** Odd while the state is written. */
  @SuppressWarnings("UnusedVariable") // by its handle
  private int version;

  /** Whether somebody has asked for it since the clock came by. */
  private boolean used;

  KeptState(int hash, Bytes key) {
    this.key = key.get();
    this.hash = hash;
  }

  boolean isOf(int otherHash, Bytes other) {
    return hash == otherHash && Arrays.equals(key, other.get());
  }

  void use() {
    if (!used) {
      used = true;
    }
  }

  /** Whether somebody has used it since this was last asked. */
  boolean wasUsed() {
    boolean was = used;
    used = false;
    return was;
  }

  /** In bytes; not to be changed. */
  byte[] key() {
    return key;
  }

  /** What it takes of the heap. */
  int bytes() {
    return BYTES + key.length + room.length;
  }

  /**
   * @param state null when the key is deleted
   * @param timestampMs of the record that it comes from
   */
  void set(byte @Nullable [] state, long timestampMs) {
    changedMs = timestampMs;
    int before = version;
    VERSION.setOpaque(this, before + 1);
    VarHandle.storeStoreFence();
    if (state == null) {
      length = DELETED;
    } else {
      if (state.length > room.length || state.length < room.length / 2) {
        // States grow by a few bytes at a time.
        room = new byte[state.length + state.length / 8 + Long.BYTES];
      }
      System.arraycopy(state, 0, room, 0, state.length);
      length = state.length;
    }
    VERSION.setRelease(this, before + 2);
  }

  /** When the record was sent that changed it last. For the thread that writes. */
  long changedMs() {
    return changedMs;
  }

  /** A copy; null when the key was deleted. */
  byte @Nullable [] state() {
    while (true) {
      int before = (int) VERSION.getAcquire(this);
      byte[] from = room;
      int size = length;
      if ((before & 1) == 0 && size <= from.length) {
        byte[] copy = size == DELETED ? null : Arrays.copyOf(from, size);
        VarHandle.loadLoadFence();
        if ((int) VERSION.getOpaque(this) == before) {
          return copy;
        }
      }
      Thread.onSpinWait();
    }
  }
}
