package io.shoal.jobs;

/** A version of the model on its way to the registry. A Flink POJO. */
public class Candidate {
  /** Key of the record. */
  public String modelName = "";

  /** 1, 2, 3, ... within the training run. */
  public long sequence;

  /** A {@code ModelVersion} in Avro's binary form, without header. */
  public byte[] modelVersion = {};
}
