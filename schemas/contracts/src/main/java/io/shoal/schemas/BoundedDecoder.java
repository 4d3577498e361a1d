package io.shoal.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro's binary decoder, held to the length of what it reads: a text cannot be longer than the
 * record that it stands in, and all lists and maps together cannot have more items than the record
 * has bytes. Avro's own makes room for whatever length is claimed, and a few bytes can claim
 * gigabytes. Items that take no byte (lists of null, of empty records) are refused beyond that.
 */
final class BoundedDecoder extends Decoder {
  private BinaryDecoder in = DecoderFactory.get().binaryDecoder(new byte[0], null);
  private int bytes;
  private long itemsLeft;

  /** Starts over with the bytes from an offset to the end. */
  void reset(byte[] body, int offset) {
    bytes = body.length - offset;
    itemsLeft = bytes;
    in = DecoderFactory.get().binaryDecoder(body, offset, bytes, in);
  }

  boolean isEnd() throws IOException {
    return in.isEnd();
  }

  private int length() throws IOException {
    long length = in.readLong();
    if (length < 0 || length > bytes) {
      throw new EOFException(
          "a length of " + length + " is claimed in a record of " + bytes + " bytes");
    }
    return (int) length;
  }

  private long items(long count) throws IOException {
    itemsLeft -= count;
    if (count < 0 || itemsLeft < 0) {
      throw new EOFException("more items are claimed than a record of " + bytes + " bytes holds");
    }
    return count;
  }

  @Override
  public void readNull() throws IOException {
    in.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return in.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return in.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    int length = length();
    Utf8 text = old == null ? new Utf8() : old;
    text.setByteLength(length);
    in.readFixed(text.getBytes(), 0, length);
    return text;
  }

  @Override
  public String readString() throws IOException {
    byte[] text = new byte[length()];
    in.readFixed(text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public void skipString() throws IOException {
    in.skipFixed(length());
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    int length = length();
    ByteBuffer target =
        old != null && length <= old.capacity() ? old.clear() : ByteBuffer.allocate(length);
    in.readFixed(target.array(), target.position(), length);
    target.limit(length);
    return target;
  }

  @Override
  public void skipBytes() throws IOException {
    in.skipFixed(length());
  }

  @Override
  public void readFixed(byte[] target, int start, int length) throws IOException {
    in.readFixed(target, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return in.readEnum();
  }

  @Override
  public long readArrayStart() throws IOException {
    return items(in.readArrayStart());
  }

  @Override
  public long arrayNext() throws IOException {
    return items(in.arrayNext());
  }

  @Override
  public long skipArray() throws IOException {
    return items(in.skipArray());
  }

  @Override
  public long readMapStart() throws IOException {
    return items(in.readMapStart());
  }

  @Override
  public long mapNext() throws IOException {
    return items(in.mapNext());
  }

  @Override
  public long skipMap() throws IOException {
    return items(in.skipMap());
  }

  @Override
  public int readIndex() throws IOException {
    return in.readIndex();
  }
}
