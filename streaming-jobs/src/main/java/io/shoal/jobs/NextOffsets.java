package io.shoal.jobs;

import io.shoal.schemas.avro.LearnedOffset;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * For each partition of one topic the offset after the last record taken. Flat arrays, because it
 * is updated per record and holds a handful of partitions.
 */
final class NextOffsets {
  private int[] partitions = new int[4];
  private long[] nextOffsets = new long[4];
  private int size;
  private int last;

  /** Notes that everything before this offset of the partition has been taken. */
  void advance(int partition, long nextOffset) {
    // Records come in runs of one partition.
    if (last >= size || partitions[last] != partition) {
      last = indexOf(partition);
    }
    nextOffsets[last] = Math.max(nextOffsets[last], nextOffset);
  }

  /** Advances every partition that stands in these parallel arrays. */
  void advance(int[] otherPartitions, long[] otherNextOffsets) {
    for (int i = 0; i < otherPartitions.length; i++) {
      advance(otherPartitions[i], otherNextOffsets[i]);
    }
  }

  /** Advances by all of these and empties them. */
  void take(NextOffsets others) {
    for (int i = 0; i < others.size; i++) {
      advance(others.partitions[i], others.nextOffsets[i]);
    }
    others.clear();
  }

  void clear() {
    size = 0;
    last = 0;
  }

  /** The partitions, in the order in which they were met. */
  int[] partitions() {
    return Arrays.copyOf(partitions, size);
  }

  /** The offsets, in the order of {@link #partitions()}. */
  long[] nextOffsets() {
    return Arrays.copyOf(nextOffsets, size);
  }

  /** The offsets as a version tells them, by partition. */
  List<LearnedOffset> of(String topic) {
    return IntStream.range(0, size)
        .mapToObj(i -> new LearnedOffset(topic, partitions[i], nextOffsets[i]))
        .sorted(Comparator.comparingInt(LearnedOffset::getPartition))
        .toList();
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeInt(size);
    for (int i = 0; i < size; i++) {
      out.writeInt(partitions[i]);
      out.writeLong(nextOffsets[i]);
    }
  }

  static NextOffsets readFrom(DataInput in) throws IOException {
    NextOffsets offsets = new NextOffsets();
    int size = in.readInt();
    for (int i = 0; i < size; i++) {
      offsets.advance(in.readInt(), in.readLong());
    }
    return offsets;
  }

  private int indexOf(int partition) {
    for (int i = 0; i < size; i++) {
      if (partitions[i] == partition) {
        return i;
      }
    }
    if (size == partitions.length) {
      partitions = Arrays.copyOf(partitions, 2 * size);
      nextOffsets = Arrays.copyOf(nextOffsets, 2 * size);
    }
    partitions[size] = partition;
    nextOffsets[size] = 0;
    return size++;
  }
}
