package io.shoal.flinkml;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.ml.api.Estimator;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.ml.linalg.Vector;
import org.apache.flink.ml.linalg.typeinfo.DenseVectorTypeInfo;
import org.apache.flink.ml.param.Param;
import org.apache.flink.ml.util.ParamUtils;
import org.apache.flink.ml.util.ReadWriteUtils;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.internal.TableImpl;

/**
 * Shoal's online k-means as a Flink ML estimator, in the place of Flink ML's own. It starts by
 * k-means++ from the first mini-batch, standardizes features, reseeds dead clusters and refuses
 * outliers; a cluster without points keeps its centre, whatever the decay factor.
 */
public final class OnlineKMeans
    implements Estimator<OnlineKMeans, OnlineKMeansModel>, OnlineKMeansParams<OnlineKMeans> {
  private static final long serialVersionUID = 1L;

  private final Map<Param<?>, Object> params = new HashMap<>();

  /** With the defaults. */
  @SuppressWarnings("this-escape") // Flink ML's way to set defaults reads fields only
  public OnlineKMeans() {
    ParamUtils.initializeMapWithDefaultValues(params, this);
  }

  /**
   * Learns from a table, for ever if it is unbounded.
   *
   * @param inputs one table with the features column
   * @throws IllegalArgumentException when the mini-batch is smaller than k
   */
  @Override
  public OnlineKMeansModel fit(Table... inputs) {
    if (inputs.length != 1) {
      throw new IllegalArgumentException("give one table, not " + inputs.length);
    }
    if (getGlobalBatchSize() < getK()) {
      throw new IllegalArgumentException(
          "globalBatchSize = "
              + getGlobalBatchSize()
              + " is less than k = "
              + getK()
              + ", but the first mini-batch gives the first centroids; raise it");
    }
    StreamTableEnvironment tables = environment(inputs[0]);
    String featuresCol = getFeaturesCol();
    DataStream<DenseVector> vectors =
        tables
            .toDataStream(inputs[0])
            .map(row -> row.<Vector>getFieldAs(featuresCol).toDense())
            .returns(DenseVectorTypeInfo.INSTANCE);
    DataStream<byte[]> models =
        vectors
            .transform(
                "learn k-means",
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
                new LearnModel(getK(), getSeed(), getGlobalBatchSize(), getDecayFactor()))
            .setParallelism(1)
            .setMaxParallelism(1);
    OnlineKMeansModel model = new OnlineKMeansModel().setModelData(tables.fromDataStream(models));
    ParamUtils.updateExistingParams(model, params);
    return model;
  }

  /** The environment that a table belongs to. */
  static StreamTableEnvironment environment(Table table) {
    return (StreamTableEnvironment) ((TableImpl) table).getTableEnvironment();
  }

  @Override
  public Map<Param<?>, Object> getParamMap() {
    return params;
  }

  @Override
  public void save(String path) throws IOException {
    ReadWriteUtils.saveMetadata(this, path);
  }

  /** Reads what {@link #save} wrote. */
  public static OnlineKMeans load(StreamTableEnvironment tables, String path) throws IOException {
    return ReadWriteUtils.loadStageParam(path);
  }
}
