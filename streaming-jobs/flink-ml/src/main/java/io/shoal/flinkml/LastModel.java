package io.shoal.flinkml;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/** Lets the last of all models through, when the input ends. */
final class LastModel extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<byte[], byte[]>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private transient ListState<byte[]> state;
  private transient byte @Nullable [] last;

  @SuppressWarnings("NullAway.Init") // Flink calls initializeState() before anything else
  LastModel() {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("last", BytePrimitiveArraySerializer.INSTANCE));
    for (byte[] model : state.get()) {
      last = model;
    }
  }

  @Override
  public void processElement(StreamRecord<byte[]> element) {
    last = element.getValue();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(last == null ? List.of() : List.of(last));
  }

  @Override
  public void endInput() {
    if (last != null) {
      output.collect(new StreamRecord<>(last));
    }
  }
}
