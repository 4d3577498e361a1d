package io.shoal.flinkml;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.java.typeutils.RowTypeInfo;
import org.apache.flink.ml.linalg.Vector;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * Adds to each row the number of the cluster that its vector is nearest to, by the newest model
 * that has arrived. Rows that come before the first model wait for it.
 */
final class LabelRows extends AbstractStreamOperator<Row>
    implements TwoInputStreamOperator<Row, byte[], Row> {
  private static final long serialVersionUID = 1L;

  private final String featuresCol;
  private final RowTypeInfo inputType;

  private transient ListState<byte[]> modelState;
  private transient ListState<Row> waiting;
  private transient @Nullable VersionedModel model;

  @SuppressWarnings("NullAway.Init") // Flink calls initializeState() before anything else
  LabelRows(String featuresCol, RowTypeInfo inputType) {
    this.featuresCol = featuresCol;
    this.inputType = inputType;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    // Every subtask has the same models, so after a change of parallelism each takes the newest.
    modelState =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>("model", BytePrimitiveArraySerializer.INSTANCE));
    waiting =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("waiting", inputType));
    for (byte[] bytes : modelState.get()) {
      take(VersionedModel.of(bytes));
    }
  }

  @Override
  public void processElement1(StreamRecord<Row> element) throws Exception {
    if (model == null) {
      waiting.add(Row.copy(element.getValue()));
    } else {
      label(element.getValue(), model);
    }
  }

  @Override
  public void processElement2(StreamRecord<byte[]> element) throws Exception {
    VersionedModel newest = take(VersionedModel.of(element.getValue()));
    List<Row> rows = new ArrayList<>();
    waiting.get().forEach(rows::add);
    waiting.clear();
    rows.forEach(row -> label(row, newest));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    modelState.update(model == null ? List.of() : List.of(model.toBytes()));
  }

  private VersionedModel take(VersionedModel candidate) {
    if (model == null || candidate.version() > model.version()) {
      model = candidate;
    }
    return model;
  }

  private void label(Row row, VersionedModel by) {
    Vector features = row.getFieldAs(featuresCol);
    output.collect(
        new StreamRecord<>(Row.join(row, Row.of(by.nearest(features.toDense().values)))));
  }
}
