package io.shoal.flinkml;

import org.apache.flink.ml.param.DoubleParam;
import org.apache.flink.ml.param.IntParam;
import org.apache.flink.ml.param.LongParam;
import org.apache.flink.ml.param.Param;
import org.apache.flink.ml.param.ParamValidators;

/**
 * Parameters of {@link OnlineKMeans}, under Flink ML's names. Defaults differ where those of Flink
 * ML make a model of nothing but the last 32 points.
 *
 * @param <T> whose parameters they are
 */
public interface OnlineKMeansParams<T> extends OnlineKMeansModelParams<T> {
  /** Seed of the random choices. */
  Param<Long> SEED = new LongParam("seed", "The random seed.", 1L, ParamValidators.notNull());

  /** Points in a mini-batch. */
  Param<Integer> GLOBAL_BATCH_SIZE =
      new IntParam(
          "globalBatchSize",
          "Global batch size of training algorithms.",
          1_024,
          ParamValidators.gt(0));

  /** What the past weighs after a mini-batch. */
  Param<Double> DECAY_FACTOR =
      new DoubleParam(
          "decayFactor",
          "The forgetfulness of the previous centroids.",
          1.0,
          ParamValidators.inRange(0, 1, false, true));

  /** Seed; default 1. */
  default T setSeed(long value) {
    return set(SEED, value);
  }

  /** Seed. */
  default long getSeed() {
    return get(SEED);
  }

  /** Points in a mini-batch, and before the first centroids are chosen; default 1,024. */
  default T setGlobalBatchSize(int value) {
    return set(GLOBAL_BATCH_SIZE, value);
  }

  /** Points in a mini-batch. */
  default int getGlobalBatchSize() {
    return get(GLOBAL_BATCH_SIZE);
  }

  /** What the past weighs after a mini-batch, in (0, 1]; default 1: nothing is forgotten. */
  default T setDecayFactor(double value) {
    return set(DECAY_FACTOR, value);
  }

  /** What the past weighs after a mini-batch. */
  default double getDecayFactor() {
    return get(DECAY_FACTOR);
  }
}
