package io.shoal.features.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Variable-length integers (seven bits a byte, lowest first, as in Protocol Buffers) and doubles in
 * a byte array: either a growing one to write, or a given one to read.
 */
final class VarintBuffer {
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LONGEST_VARINT = 10;

  /** Of each byte the bit that tells that more follow. */
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Above this a varint of hundredths is no shorter than a double. */
  private static final long HUNDREDTHS_MAX = 1L << 47;

  /** In the place of hundredths, which are even there. */
  private static final long IS_DOUBLE = 1;

  private byte[] bytes = new byte[64];
  private int position;

  /** Starts to write at the front of the own array. */
  void clear() {
    position = 0;
  }

  /** Starts to read this array, without copying it. */
  void wrap(byte[] source) {
    bytes = source;
    position = 0;
  }

  /** What is read from. */
  byte[] source() {
    return bytes;
  }

  int position() {
    return position;
  }

  /** What was read otherwise, up to there. */
  void skipTo(int next) {
    position = next;
  }

  int remaining() {
    return bytes.length - position;
  }

  /** A copy of what was written. */
  byte[] written() {
    return Arrays.copyOf(bytes, position);
  }

  void writeByte(int value) {
    ensure(1);
    bytes[position++] = (byte) value;
  }

  /** Writes a number in 1 to 10 bytes; small non-negative ones are short. */
  void writeUnsigned(long value) {
    ensure(LONGEST_VARINT);
    byte[] target = bytes;
    int next = position;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[next++] = (byte) rest;
    position = next;
  }

  /** Writes a number in zig-zag form; small ones of either sign are short. */
  void writeSigned(long value) {
    writeUnsigned((value << 1) ^ (value >> 63));
  }

  void writeDouble(double value) {
    ensure(Double.BYTES);
    DOUBLE.set(bytes, position, value);
    position += Double.BYTES;
  }

  /**
   * Writes a finite number: in hundredths where that is exact, which money amounts are, in as few
   * bytes as that needs; else the double itself in nine bytes.
   */
  void writeNumber(double value) {
    double hundredths = Math.rint(value * 100);
    if (Math.abs(hundredths) < HUNDREDTHS_MAX && hundredths / 100 == value) {
      long whole = (long) hundredths;
      writeUnsigned(((whole << 1) ^ (whole >> 63)) << 1);
    } else {
      writeUnsigned(IS_DOUBLE);
      writeDouble(value);
    }
  }

  void writeBytes(byte[] value) {
    writeUnsigned(value.length);
    writeRaw(value, 0, value.length);
  }

  /** Writes these bytes as they are. */
  void writeRaw(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, bytes, position, length);
    position += length;
  }

  void writeInt(int value) {
    ensure(Integer.BYTES);
    INT.set(bytes, position, value);
    position += Integer.BYTES;
  }

  double readNumber() {
    long tagged = readUnsigned();
    if (tagged == IS_DOUBLE) {
      double value = readDouble();
      if (!Double.isFinite(value)) {
        throw new CorruptStateException("a number is not finite at byte " + position);
      }
      return value;
    }
    if (!isHundredths(tagged) || Math.abs(hundredths(tagged)) >= HUNDREDTHS_MAX) {
      throw new CorruptStateException("no number ends at byte " + position);
    }
    return ofHundredths(tagged);
  }

  byte[] readBytes() {
    long length = readUnsigned();
    if (length < 0 || length > remaining()) {
      throw truncated();
    }
    byte[] value = Arrays.copyOfRange(bytes, position, position + (int) length);
    position += (int) length;
    return value;
  }

  int readInt() {
    if (remaining() < Integer.BYTES) {
      throw truncated();
    }
    int value = (int) INT.get(bytes, position);
    position += Integer.BYTES;
    return value;
  }

  int readByte() {
    if (remaining() < 1) {
      throw truncated();
    }
    return bytes[position++];
  }

  long readUnsigned() {
    if (remaining() < Long.BYTES) {
      return readUnsignedByByte();
    }
    byte first = bytes[position];
    if (first >= 0) {
      position++;
      return first;
    }
    long word = word(bytes, position);
    int length = bytesOfNumber(word);
    if (length == 0) {
      return readUnsignedByByte();
    }
    position += length;
    return number(word, length);
  }

  /** Eight bytes, the first of them lowest. */
  static long word(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** How many bytes the varint has that a word begins with; 0 when it does not end there. */
  static int bytesOfNumber(long word) {
    long ends = ~word & HIGH_BITS;
    return ends == 0 ? 0 : (Long.numberOfTrailingZeros(ends) + 1) / Byte.SIZE;
  }

  /** Where a varint ends that begins there. */
  static int afterNumber(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] < 0) {
      at++;
    }
    return at + 1;
  }

  /** The varint of so many bytes that a word begins with. */
  static long number(long word, int length) {
    // Groups of 7 bits become one number: neighbours first, then pairs, then fours.
    long bits = word & (-1L >>> (Long.SIZE - Byte.SIZE * length)) & ~HIGH_BITS;
    bits = (bits & 0x007F007F007F007FL) | (bits & 0x7F007F007F007F00L) >>> 1;
    bits = (bits & 0x00003FFF00003FFFL) | (bits & 0x3FFF00003FFF0000L) >>> 2;
    return (bits & 0x000000000FFFFFFFL) | (bits & 0x0FFFFFFF00000000L) >>> 4;
  }

  /** Whether a number stands there in hundredths, by its varint. */
  static boolean isHundredths(long tagged) {
    return (tagged & IS_DOUBLE) == 0;
  }

  /**
   * The number that {@link #writeNumber} wrote in hundredths.
   *
   * @param tagged its varint
   */
  static double ofHundredths(long tagged) {
    return hundredths(tagged) / 100.0;
  }

  private static long hundredths(long tagged) {
    long zigZag = tagged >>> 1;
    return (zigZag >>> 1) ^ -(zigZag & 1);
  }

  private long readUnsignedByByte() {
    long value = 0;
    for (int shift = 0; shift < 7 * LONGEST_VARINT; shift += 7) {
      int next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CorruptStateException(
        "a number longer than " + LONGEST_VARINT + " bytes ends at byte " + position);
  }

  long readSigned() {
    long zigZag = readUnsigned();
    return (zigZag >>> 1) ^ -(zigZag & 1);
  }

  double readDouble() {
    if (remaining() < Double.BYTES) {
      throw truncated();
    }
    double value = (double) DOUBLE.get(bytes, position);
    position += Double.BYTES;
    return value;
  }

  private void ensure(int more) {
    if (remaining() < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, position + more));
    }
  }

  private CorruptStateException truncated() {
    return new CorruptStateException(
        "the value ends too early, at byte " + bytes.length + "; it was cut off");
  }
}
