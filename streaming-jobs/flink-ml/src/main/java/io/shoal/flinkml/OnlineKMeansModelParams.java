package io.shoal.flinkml;

import org.apache.flink.ml.param.IntParam;
import org.apache.flink.ml.param.Param;
import org.apache.flink.ml.param.ParamValidators;
import org.apache.flink.ml.param.StringParam;
import org.apache.flink.ml.param.WithParams;

/**
 * Parameters of {@link OnlineKMeansModel}, under Flink ML's names.
 *
 * @param <T> whose parameters they are
 */
public interface OnlineKMeansModelParams<T> extends WithParams<T> {
  /** Number of clusters. */
  Param<Integer> K = new IntParam("k", "Number of clusters.", 2, ParamValidators.gt(1));

  /** Column with the vectors. */
  Param<String> FEATURES_COL =
      new StringParam(
          "featuresCol", "Features column name.", "features", ParamValidators.notNull());

  /** Column that gets the cluster's number, from 0 on. */
  Param<String> PREDICTION_COL =
      new StringParam(
          "predictionCol", "Prediction column name.", "prediction", ParamValidators.notNull());

  /** Number of clusters; default 2. */
  default T setK(int value) {
    return set(K, value);
  }

  /** Number of clusters. */
  default int getK() {
    return get(K);
  }

  /** Column with the vectors; default {@code features}. */
  default T setFeaturesCol(String value) {
    return set(FEATURES_COL, value);
  }

  /** Column with the vectors. */
  default String getFeaturesCol() {
    return get(FEATURES_COL);
  }

  /** Column that gets the cluster's number; default {@code prediction}. */
  default T setPredictionCol(String value) {
    return set(PREDICTION_COL, value);
  }

  /** Column that gets the cluster's number. */
  default String getPredictionCol() {
    return get(PREDICTION_COL);
  }
}
