package io.shoal.jobs;

import org.apache.flink.api.common.typeinfo.TypeInfo;

/** Points of one source subtask in one flat array: what travels to the trainer. */
@TypeInfo(PointBlockType.Factory.class)
public class PointBlock {
  /** Segment of all of them; empty: whatever segments they are of. */
  public String segment = "";

  /** Number of points. */
  public int n;

  /** Number of features. */
  public int d;

  /** The points in feature units, row-major {@code [n * d]}. */
  public float[] points = {};

  /** Time of the stream after the last of the points, milliseconds since 1970. */
  public long eventTimeMs;

  /** Partitions that the points came from, {@code [p]}. */
  public int[] partitions = {};

  /** For each of the partitions the offset after the last of the points, {@code [p]}. */
  public long[] nextOffsets = {};
}
