package io.shoal.local.demo;

import java.util.Arrays;

/**
 * Up to which source offset the predictions came, so that a repeated one is told from a new one
 * without remembering them all: within one partition of the predictions, those of one source
 * partition come in the order of their source offsets. {@code highest[partition][sourcePartition]}.
 */
final class SourceOffsets {
  private static final long NONE = -1;
  private static final int PARTITIONS_MAX = 100_000;

  private long[][] highest = new long[0][];

  /** Whether this can be a source partition at all. */
  static boolean isPartition(int sourcePartition) {
    return sourcePartition >= 0 && sourcePartition < PARTITIONS_MAX;
  }

  /** Goes on to this source offset; false when it, or one beyond, was there before. */
  boolean advance(int partition, int sourcePartition, long sourceOffset) {
    if (partition >= highest.length) {
      int length = highest.length;
      highest = Arrays.copyOf(highest, partition + 1);
      Arrays.fill(highest, length, highest.length, new long[0]);
    }
    long[] offsets = highest[partition];
    if (sourcePartition >= offsets.length) {
      int length = offsets.length;
      offsets = Arrays.copyOf(offsets, sourcePartition + 1);
      Arrays.fill(offsets, length, offsets.length, NONE);
      highest[partition] = offsets;
    }
    if (sourceOffset <= offsets[sourcePartition]) {
      return false;
    }
    offsets[sourcePartition] = sourceOffset;
    return true;
  }
}
