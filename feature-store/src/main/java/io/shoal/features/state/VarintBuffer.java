package io.shoal.features;

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
  private static final int LONGEST_VARINT = 10;

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

  int position() {
    return position;
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
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[position++] = (byte) rest;
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

  int readByte() {
    if (remaining() < 1) {
      throw truncated();
    }
    return bytes[position++];
  }

  long readUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 7 * LONGEST_VARINT; shift += 7) {
      int next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new CorruptWindowStateException(
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

  private CorruptWindowStateException truncated() {
    return new CorruptWindowStateException(
        "the value ends too early, at byte " + bytes.length + "; it was cut off");
  }
}
