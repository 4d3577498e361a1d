package io.shoal.serving;

import io.shoal.features.InvalidEventException;
import io.shoal.features.state.CorruptStateException;
import io.shoal.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Entries of one partition in one record. As bytes: the letter P, then for each entry the length of
 * its key (int), the key (UTF-8), the length of its value (int) and the value. Not thread-safe.
 */
final class Pack {
  private static final byte MARK = 'P';
  private static final int BYTES_INITIAL = 1_024;

  private byte[] bytes = new byte[BYTES_INITIAL];
  private int size;

  /** An empty pack. */
  Pack() {
    clear();
  }

  void add(String key, byte[] value) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    int needed = size + 2 * Integer.BYTES + keyBytes.length + value.length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
    ByteBuffer.wrap(bytes, size, needed - size)
        .putInt(keyBytes.length)
        .put(keyBytes)
        .putInt(value.length)
        .put(value);
    size = needed;
  }

  boolean isEmpty() {
    return size == Byte.BYTES;
  }

  void clear() {
    bytes[0] = MARK;
    size = Byte.BYTES;
  }

  /** Replaces the content by what {@link #toBytes} gave. */
  void read(byte[] pack) {
    bytes = Arrays.copyOf(pack, Math.max(pack.length, BYTES_INITIAL));
    size = pack.length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /**
   * Gives the entries of a record in their order: of a pack those in it, else the record itself.
   * One that cannot be used does not keep the others back; its exception is thrown after them.
   *
   * @throws InvalidEventException when the value is a pack that ends in the middle of an entry
   */
  static void forEach(String key, byte[] value, BiConsumer<String, byte[]> entries) {
    if (value.length == 0 || value[0] != MARK) {
      entries.accept(key, value);
      return;
    }
    ByteBuffer pack = ByteBuffer.wrap(value, Byte.BYTES, value.length - Byte.BYTES);
    RuntimeException failure = null;
    while (pack.hasRemaining()) {
      String entryKey = new String(next(pack), StandardCharsets.UTF_8);
      try {
        entries.accept(entryKey, next(pack));
      } catch (InvalidEventException | CorruptStateException | UndecodableRecordException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static byte[] next(ByteBuffer pack) {
    int length = pack.remaining() < Integer.BYTES ? -1 : pack.getInt();
    if (length < 0 || length > pack.remaining()) {
      throw new InvalidEventException("undecodable", "the pack ends in the middle of an entry");
    }
    byte[] part = new byte[length];
    pack.get(part);
    return part;
  }
}
