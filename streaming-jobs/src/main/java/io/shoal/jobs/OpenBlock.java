package io.shoal.jobs;

import java.util.Arrays;

/** A block that still takes points. */
final class OpenBlock {
  private final int dimension;
  private final float[] points;
  private final long[] timesMs;
  private final NextOffsets offsets = new NextOffsets();
  private int n;

  /**
   * @param dimension d, number of features
   * @param pointsMax most points in a block
   */
  OpenBlock(int dimension, int pointsMax) {
    this.dimension = dimension;
    this.points = new float[pointsMax * dimension];
    this.timesMs = new long[pointsMax];
  }

  /**
   * Takes a point.
   *
   * @param timeMs time of the stream after it
   * @return whether the block is full now
   */
  boolean add(FeaturePoint point, long timeMs) {
    System.arraycopy(point.values, 0, points, n * dimension, dimension);
    offsets.advance(point.partition, point.offset + 1);
    timesMs[n] = timeMs;
    n++;
    return n * dimension == points.length;
  }

  boolean isEmpty() {
    return n == 0;
  }

  /** A block of the points that it has, of which there is one at least; it is empty afterwards. */
  PointBlock take(String segment) {
    PointBlock block = new PointBlock();
    block.segment = segment;
    block.n = n;
    block.d = dimension;
    block.points = Arrays.copyOf(points, n * dimension);
    block.timesMs = Arrays.copyOf(timesMs, n);
    block.eventTimeMs = timesMs[n - 1];
    block.partitions = offsets.partitions();
    block.nextOffsets = offsets.nextOffsets();
    n = 0;
    offsets.clear();
    return block;
  }
}
