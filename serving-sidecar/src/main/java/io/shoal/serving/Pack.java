package io.shoal.serving;

import io.shoal.features.InvalidEventException;
import io.shoal.features.state.CorruptStateException;
import io.shoal.schemas.UndecodableRecordException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Entries of one partition in one record. As bytes: the letter P, then for each entry the length of
 * its key (int), the key (UTF-8), the length of its value (int) and the value. Not thread-safe.
 */
final class Pack {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final byte MARK = 'P';
  private static final int BYTES_INITIAL = 1_024;

  private byte[] bytes = new byte[BYTES_INITIAL];
  private int size;

  /** An empty pack. */
  Pack() {
    clear();
  }

  void add(String key, byte[] value) {
    add(key.getBytes(StandardCharsets.UTF_8), value);
  }

  /**
   * @param keyBytes the key in UTF-8
   */
  void add(byte[] keyBytes, byte[] value) {
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

  /** In bytes. */
  int size() {
    return size;
  }

  void clear() {
    bytes[0] = MARK;
    size = Byte.BYTES;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Where the entries of a pack stand in it. */
  @FunctionalInterface
  interface Places {
    /** One entry; its value ends where the next entry begins. */
    void entry(byte[] pack, int keyFrom, int keyLength, int valueFrom, int valueLength);
  }

  static boolean isPack(byte[] value) {
    return value.length > 0 && value[0] == MARK;
  }

  /**
   * Gives the entries of a record in their order: of a pack those in it, else the record itself.
   * One that cannot be used does not keep the others back; its exception is thrown after them.
   *
   * @throws InvalidEventException when the value is a pack that ends in the middle of an entry
   */
  static void forEach(String key, byte[] value, BiConsumer<String, byte[]> entries) {
    if (!isPack(value)) {
      entries.accept(key, value);
      return;
    }
    RuntimeException[] failure = {null};
    forEachPlace(
        value,
        (pack, keyFrom, keyLength, valueFrom, valueLength) -> {
          try {
            entries.accept(
                new String(pack, keyFrom, keyLength, StandardCharsets.UTF_8),
                Arrays.copyOfRange(pack, valueFrom, valueFrom + valueLength));
          } catch (InvalidEventException | CorruptStateException | UndecodableRecordException e) {
            failure[0] = failure[0] == null ? e : failure[0];
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /**
   * Gives the entries of a pack in their order, without a copy.
   *
   * @throws InvalidEventException when it ends in the middle of an entry
   */
  static void forEachPlace(byte[] pack, Places places) {
    int position = Byte.BYTES;
    while (position < pack.length) {
      int keyFrom = position + Integer.BYTES;
      int keyLength = length(pack, position);
      int valueFrom = keyFrom + keyLength + Integer.BYTES;
      int valueLength = length(pack, keyFrom + keyLength);
      places.entry(pack, keyFrom, keyLength, valueFrom, valueLength);
      position = valueFrom + valueLength;
    }
  }

  /** The length that stands there, of bytes that follow it. */
  private static int length(byte[] pack, int at) {
    int left = pack.length - at - Integer.BYTES;
    int length = left < 0 ? -1 : (int) INT.get(pack, at);
    if (length < 0 || length > left) {
      throw new InvalidEventException("undecodable", "the pack ends in the middle of an entry");
    }
    return length;
  }
}
