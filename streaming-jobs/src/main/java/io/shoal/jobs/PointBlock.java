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

  /**
   * Time of the stream after each of the points, {@code [n]}, so that the time of a mini-batch does
   * not depend on where blocks were cut; empty: that after the last for all of them.
   */
  public long[] timesMs = {};

  /** Partitions that the points came from, {@code [p]}. */
  public int[] partitions = {};

  /** For each of the partitions the offset after the last of the points, {@code [p]}. */
  public long[] nextOffsets = {};

  /** Time of the stream after this point. */
  long timeAfterMs(int point) {
    return timesMs.length == 0 ? eventTimeMs : timesMs[point];
  }
}
