package io.shoal.jobs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes blocks for their way between tasks. Flink writes arrays value by value; here they go in
 * runs of bytes. Blocks stand in no state.
 */
final class PointBlockSerializer extends TypeSerializer<PointBlock> {
  private static final long serialVersionUID = 1L;
  private static final int RUN_FLOATS = 4_096;
  private static final int RUN_LONGS = RUN_FLOATS * Float.BYTES / Long.BYTES;

  private transient byte[] bytes;
  private transient FloatBuffer floats;
  private transient LongBuffer longs;

  PointBlockSerializer() {
    allocate();
  }

  private void allocate() {
    bytes = new byte[RUN_FLOATS * Float.BYTES];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    floats = buffer.asFloatBuffer();
    longs = buffer.asLongBuffer();
  }

  private void readObject(java.io.ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    allocate();
  }

  @Override
  public void serialize(PointBlock block, DataOutputView out) throws IOException {
    out.writeUTF(block.segment);
    out.writeInt(block.n);
    out.writeInt(block.d);
    out.writeLong(block.eventTimeMs);
    out.writeInt(block.partitions.length);
    for (int i = 0; i < block.partitions.length; i++) {
      out.writeInt(block.partitions[i]);
      out.writeLong(block.nextOffsets[i]);
    }
    writeTimes(block, out);
    int values = block.n * block.d;
    for (int from = 0; from < values; from += RUN_FLOATS) {
      int run = Math.min(RUN_FLOATS, values - from);
      floats.put(0, block.points, from, run);
      out.write(bytes, 0, run * Float.BYTES);
    }
  }

  @Override
  public PointBlock deserialize(DataInputView in) throws IOException {
    PointBlock block = new PointBlock();
    block.segment = in.readUTF();
    block.n = in.readInt();
    block.d = in.readInt();
    block.eventTimeMs = in.readLong();
    int partitions = in.readInt();
    block.partitions = new int[partitions];
    block.nextOffsets = new long[partitions];
    for (int i = 0; i < partitions; i++) {
      block.partitions[i] = in.readInt();
      block.nextOffsets[i] = in.readLong();
    }
    readTimes(block, in);
    int values = block.n * block.d;
    block.points = new float[values];
    for (int from = 0; from < values; from += RUN_FLOATS) {
      int run = Math.min(RUN_FLOATS, values - from);
      in.readFully(bytes, 0, run * Float.BYTES);
      floats.get(0, block.points, from, run);
    }
    return block;
  }

  private void writeTimes(PointBlock block, DataOutputView out) throws IOException {
    int count = block.timesMs.length;
    out.writeInt(count);
    for (int from = 0; from < count; from += RUN_LONGS) {
      int run = Math.min(RUN_LONGS, count - from);
      longs.put(0, block.timesMs, from, run);
      out.write(bytes, 0, run * Long.BYTES);
    }
  }

  private void readTimes(PointBlock block, DataInputView in) throws IOException {
    int count = in.readInt();
    block.timesMs = new long[count];
    for (int from = 0; from < count; from += RUN_LONGS) {
      int run = Math.min(RUN_LONGS, count - from);
      in.readFully(bytes, 0, run * Long.BYTES);
      longs.get(0, block.timesMs, from, run);
    }
  }

  @Override
  public PointBlock deserialize(PointBlock reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public PointBlock copy(PointBlock from) {
    PointBlock block = new PointBlock();
    block.segment = from.segment;
    block.n = from.n;
    block.d = from.d;
    block.eventTimeMs = from.eventTimeMs;
    block.timesMs = from.timesMs.clone();
    block.points = from.points.clone();
    block.partitions = from.partitions.clone();
    block.nextOffsets = from.nextOffsets.clone();
    return block;
  }

  @Override
  public PointBlock copy(PointBlock from, PointBlock reuse) {
    return copy(from);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public PointBlock createInstance() {
    return new PointBlock();
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public int getLength() {
    return -1;
  }

  /** Not shared: it has a buffer. */
  @Override
  public TypeSerializer<PointBlock> duplicate() {
    return new PointBlockSerializer();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PointBlockSerializer;
  }

  @Override
  public int hashCode() {
    return PointBlockSerializer.class.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<PointBlock> snapshotConfiguration() {
    return new Snapshot();
  }

  /** There is one form. Public for Flink. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PointBlock> {
    /** Flink makes it by this. */
    public Snapshot() {
      super(PointBlockSerializer::new);
    }
  }
}
