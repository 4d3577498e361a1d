package io.shoal.jobs;

/**
 * One vector as the model sees it, and where it was read. A mutable Flink POJO: the source fills
 * one instance again and again, so whoever keeps a point copies it.
 */
public class FeaturePoint {
  /** The model's features in their own units, {@code [d]}. */
  public float[] values = {};

  /** Event time: when the transaction happened. */
  public long eventTimeMs;

  /**
   * What it is an instance of, such as a merchant category, to which a model of its own belongs.
   */
  public String segment = "";

  /** Partition of the topic that it was read from. */
  public int partition;

  /** Offset in that partition. */
  public long offset;
}
