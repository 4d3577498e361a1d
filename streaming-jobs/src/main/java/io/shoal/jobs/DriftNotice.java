package io.shoal.jobs;

/** A drift event on its way to its topic. A Flink POJO. */
public class DriftNotice {
  /** Key of the record. */
  public String modelName = "";

  /** A {@code DriftEvent} in Avro's binary form, without header. */
  public byte[] driftEvent = {};
}
