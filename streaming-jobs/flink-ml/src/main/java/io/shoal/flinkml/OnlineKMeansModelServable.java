package io.shoal.flinkml;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.ml.linalg.Vector;
import org.apache.flink.ml.param.Param;
import org.apache.flink.ml.servable.api.DataFrame;
import org.apache.flink.ml.servable.api.ModelServable;
import org.apache.flink.ml.servable.types.DataTypes;
import org.apache.flink.ml.util.ParamUtils;
import org.apache.flink.ml.util.ServableReadWriteUtils;
import org.jspecify.annotations.Nullable;

/** An {@link OnlineKMeansModel} without Flink's runtime, for a service that answers requests. */
public final class OnlineKMeansModelServable
    implements ModelServable<OnlineKMeansModelServable>,
        OnlineKMeansModelParams<OnlineKMeansModelServable> {
  private final Map<Param<?>, Object> params = new HashMap<>();
  private @Nullable VersionedModel model;

  /** With the defaults; {@link #setModelData} gives it a model. */
  @SuppressWarnings("this-escape") // Flink ML's way to set defaults reads fields only
  public OnlineKMeansModelServable() {
    ParamUtils.initializeMapWithDefaultValues(params, this);
  }

  /** Takes the model that {@link OnlineKMeansModel#save} wrote. */
  @Override
  public OnlineKMeansModelServable setModelData(InputStream... inputs) throws IOException {
    model = ModelFile.newest(inputs[0]);
    return this;
  }

  @Override
  public DataFrame transform(DataFrame input) {
    VersionedModel by = model;
    if (by == null) {
      throw new IllegalStateException("no model data yet; load a saved model or set them");
    }
    int column = input.getIndex(getFeaturesCol());
    List<Integer> labels =
        input.collect().stream()
            .map(row -> by.nearest(row.<Vector>getAs(column).toDense().values))
            .toList();
    return input.addColumn(getPredictionCol(), DataTypes.INT, labels);
  }

  @Override
  public Map<Param<?>, Object> getParamMap() {
    return params;
  }

  /** Reads what {@link OnlineKMeansModel#save} wrote. */
  public static OnlineKMeansModelServable load(String path) throws IOException {
    OnlineKMeansModelServable servable =
        ServableReadWriteUtils.loadServableParam(path, OnlineKMeansModelServable.class);
    try (InputStream data = ServableReadWriteUtils.loadModelData(path)) {
      return servable.setModelData(data);
    }
  }
}
