package io.shoal.jobs;

/**
 * A vector with what became known about it later; its event time is when that was. A mutable Flink
 * POJO.
 */
public class LabelledPoint extends FeaturePoint {
  /** Whether the transaction was fraud. */
  public boolean fraud;
}
