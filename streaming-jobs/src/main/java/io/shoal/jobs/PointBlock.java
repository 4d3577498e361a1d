package io.shoal.jobs;

/** Points of one source subtask in one flat array: what travels to the trainer. A Flink POJO. */
public class PointBlock {
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
