package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The {@linkplain ModelWriter writer} of the model of all points. Everything that it knows is in
 * its checkpointed state.
 */
final class TrainModel extends AbstractStreamOperator<Candidate>
    implements TwoInputStreamOperator<PointBlock, LabelledPoint, Candidate> {
  private static final long serialVersionUID = 1L;

  /** Where drift is told. */
  static final OutputTag<DriftNotice> DRIFT =
      new OutputTag<>("drift", TypeInformation.of(DriftNotice.class));

  /** Gives a training run its identity, once. */
  interface JobIds extends Serializable {
    String next();
  }

  private final TrainerSettings settings;
  private final JobIds jobIds;

  private transient ListState<byte[]> state;
  private transient ModelTrainer trainer;
  private transient ModelWriter writer;

  @SuppressWarnings("NullAway.Init") // Flink calls initializeState() and open() before the rest
  TrainModel(TrainerSettings settings, JobIds jobIds) {
    this.settings = settings;
    this.jobIds = jobIds;
  }

  /** An identity that no other training run has. */
  static String randomJobId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("trainer", BytePrimitiveArraySerializer.INSTANCE));
    AssignmentKernel kernel = ModelWriter.loadKernel(settings);
    Iterator<byte[]> restored = state.get().iterator();
    trainer =
        restored.hasNext()
            ? ModelWriter.restore(restored.next(), settings, kernel)
            : ModelWriter.begin(settings, kernel, jobIds.next());
  }

  @Override
  public void open() throws Exception {
    super.open();
    writer =
        new ModelWriter(
            trainer,
            settings,
            TrainerProgress.of(settings.progressId()),
            getMetricGroup(),
            getProcessingTimeService(),
            output);
  }

  @Override
  public void processElement1(StreamRecord<PointBlock> element) {
    writer.add(element.getValue());
  }

  @Override
  public void processElement2(StreamRecord<LabelledPoint> element) {
    writer.addLabel(element.getValue());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(List.of(writer.state()));
  }
}
