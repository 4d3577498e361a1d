package io.shoal.features;

import io.shoal.features.state.CorruptStateException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened at one entity, event by event in the order in which it came: the newest so many.
 * Reused; not thread-safe.
 *
 * <p>Form of the value: version (one byte), offset of the newest record (long), {@link
 * #forgottenMs} (long), then per event whether it is the news of a fraud (one byte), its time
 * (long), measures (doubles) and categories (longs).
 */
final class RawHistory {
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = Byte.BYTES + 2 * Long.BYTES;
  private static final long NOTHING = Long.MIN_VALUE;
  private static final long DAY_MS = 86_400_000;

  private final int capacity;
  private final int measures;
  private final int categories;
  private final List<StateUpdate> updates = new ArrayList<>();
  private long newestOffset = NOTHING;
  private long forgottenMs = NOTHING;

  /**
   * @param capacity number of events that are kept
   * @param measures numbers of each
   * @param categories of each
   */
  RawHistory(int capacity, int measures, int categories) {
    this.capacity = capacity;
    this.measures = measures;
    this.categories = categories;
  }

  /**
   * Replaces the content by what {@link #toBytes} gave.
   *
   * @throws CorruptStateException when the bytes are no such value
   */
  void read(byte[] bytes) {
    clear();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int eventBytes = Byte.BYTES + Long.BYTES * (1 + measures + categories);
    if (bytes.length < HEADER_BYTES
        || bytes[0] != VERSION
        || (bytes.length - HEADER_BYTES) % eventBytes != 0) {
      throw new CorruptStateException("the value is no history of these features");
    }
    buffer.get();
    newestOffset = buffer.getLong();
    forgottenMs = buffer.getLong();
    while (buffer.hasRemaining()) {
      boolean fraud = buffer.get() != 0;
      long timeMs = buffer.getLong();
      double[] numbers = new double[measures];
      long[] hashes = new long[categories];
      for (int i = 0; i < measures; i++) {
        numbers[i] = buffer.getDouble();
      }
      for (int i = 0; i < categories; i++) {
        hashes[i] = buffer.getLong();
      }
      updates.add(fraud ? StateUpdate.fraud(timeMs) : StateUpdate.event(timeMs, numbers, hashes));
    }
  }

  /** Starts without events, of an entity of which nothing was known. */
  void clear() {
    updates.clear();
    newestOffset = NOTHING;
    forgottenMs = NOTHING;
  }

  /**
   * Starts without events, of an entity that had some before this time: they may lie a day ahead of
   * it, which is as far as any event may.
   */
  void startLate(long timeMs) {
    clear();
    forgottenMs = timeMs + DAY_MS;
  }

  /**
   * Adds what a record says; one that came before is left out, since it happened only once.
   *
   * @param offset of the record
   */
  void add(long offset, StateUpdate update) {
    if (offset <= newestOffset) {
      return;
    }
    newestOffset = offset;
    updates.add(update);
    if (updates.size() > capacity) {
      forgottenMs = Math.max(forgottenMs, updates.remove(0).eventTimeMs());
    }
  }

  byte[] toBytes() {
    int eventBytes = Byte.BYTES + Long.BYTES * (1 + measures + categories);
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + updates.size() * eventBytes);
    buffer.put(VERSION).putLong(newestOffset).putLong(forgottenMs);
    for (StateUpdate update : updates) {
      buffer.put((byte) (update.isFraud() ? 1 : 0)).putLong(update.eventTimeMs());
      for (int i = 0; i < measures; i++) {
        buffer.putDouble(update.isFraud() ? 0 : update.measures()[i]);
      }
      for (int i = 0; i < categories; i++) {
        buffer.putLong(update.isFraud() ? 0 : update.categories()[i]);
      }
    }
    return buffer.array();
  }

  /** In the order in which they came. */
  List<StateUpdate> updates() {
    return updates;
  }

  /** No later event is unknown; {@link Long#MIN_VALUE}: none at all is. */
  long forgottenMs() {
    return forgottenMs;
  }
}
