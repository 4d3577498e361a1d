package io.shoal.flinkml;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.RowTypeInfo;
import org.apache.flink.ml.api.Model;
import org.apache.flink.ml.common.datastream.TableUtils;
import org.apache.flink.ml.param.Param;
import org.apache.flink.ml.util.ParamUtils;
import org.apache.flink.ml.util.ReadWriteUtils;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * Labels each row of a table with the nearest cluster of the newest model. Its model data is a
 * table of one column, the versions of the model as bytes.
 */
public final class OnlineKMeansModel
    implements Model<OnlineKMeansModel>, OnlineKMeansModelParams<OnlineKMeansModel> {
  private static final long serialVersionUID = 1L;

  private final Map<Param<?>, Object> params = new HashMap<>();
  private transient @Nullable Table modelData;

  /** With the defaults; {@link #setModelData} gives it a model. */
  @SuppressWarnings("this-escape") // Flink ML's way to set defaults reads fields only
  public OnlineKMeansModel() {
    ParamUtils.initializeMapWithDefaultValues(params, this);
  }

  @Override
  public OnlineKMeansModel setModelData(Table... inputs) {
    modelData = inputs[0];
    return this;
  }

  @Override
  public Table[] getModelData() {
    return new Table[] {requireModelData()};
  }

  @Override
  public Table[] transform(Table... inputs) {
    if (inputs.length != 1) {
      throw new IllegalArgumentException("give one table, not " + inputs.length);
    }
    StreamTableEnvironment tables = OnlineKMeans.environment(inputs[0]);
    RowTypeInfo inputType = TableUtils.getRowTypeInfo(inputs[0].getResolvedSchema());
    DataStream<Row> labelled =
        tables
            .toDataStream(inputs[0])
            .connect(models(tables).broadcast())
            .transform(
                "label by k-means",
                withPrediction(inputType),
                new LabelRows(getFeaturesCol(), inputType));
    return new Table[] {tables.fromDataStream(labelled)};
  }

  @Override
  public Map<Param<?>, Object> getParamMap() {
    return params;
  }

  /**
   * Adds the writing of the last model to the job. It is there when the job has run, so this is for
   * input that ends.
   */
  @Override
  public void save(String path) throws IOException {
    ReadWriteUtils.saveMetadata(this, path);
    DataStream<byte[]> last =
        models(OnlineKMeans.environment(requireModelData()))
            .transform(
                "last model",
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
                new LastModel())
            .setParallelism(1)
            .setMaxParallelism(1);
    ReadWriteUtils.saveModelData(last, path, new ModelFile.Writer());
  }

  /** Reads what {@link #save} wrote. */
  public static OnlineKMeansModel load(StreamTableEnvironment tables, String path)
      throws IOException {
    OnlineKMeansModel model = ReadWriteUtils.loadStageParam(path);
    return model.setModelData(ReadWriteUtils.loadModelData(tables, path, new ModelFile()));
  }

  /** The same for use without Flink. */
  public static OnlineKMeansModelServable loadServable(String path) throws IOException {
    return OnlineKMeansModelServable.load(path);
  }

  private DataStream<byte[]> models(StreamTableEnvironment tables) {
    return tables
        .toDataStream(requireModelData())
        .map(row -> row.<byte[]>getFieldAs(0))
        .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .setParallelism(1);
  }

  private Table requireModelData() {
    if (modelData == null) {
      throw new IllegalStateException("no model data yet; fit an OnlineKMeans or set them");
    }
    return modelData;
  }

  private RowTypeInfo withPrediction(RowTypeInfo input) {
    int arity = input.getArity();
    TypeInformation<?>[] types = Arrays.copyOf(input.getFieldTypes(), arity + 1);
    String[] names = Arrays.copyOf(input.getFieldNames(), arity + 1);
    types[arity] = Types.INT;
    names[arity] = getPredictionCol();
    return new RowTypeInfo(types, names);
  }
}
