package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.KernelUnavailableException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The one writer of a model: learns from blocks of points and from labels, and emits candidates.
 * The first candidate comes as soon as the learner has started, the next ones by the publication
 * policy. Everything that it knows is in its checkpointed state.
 */
final class TrainModel extends AbstractStreamOperator<Candidate>
    implements TwoInputStreamOperator<PointBlock, LabelledPoint, Candidate> {
  private static final long serialVersionUID = 1L;
  private static final int STATE_BYTES_INITIAL = 64 << 10;

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
  private transient TrainerProgress progress;
  private transient Deadline batchDeadline;
  private transient Deadline publicationPause;

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
    AssignmentKernel kernel = loadKernel();
    Iterator<byte[]> restored = state.get().iterator();
    trainer = restored.hasNext() ? restore(restored.next(), kernel) : begin(kernel);
    progress = TrainerProgress.of(settings.progressId());
    progress.registerTrainer(
        getMetricGroup(),
        trainer.clock(),
        () -> getProcessingTimeService().getCurrentProcessingTime());
  }

  @Override
  public void open() throws Exception {
    super.open();
    batchDeadline =
        new Deadline(getProcessingTimeService(), settings.batchIntervalMs(), this::learnPending);
    publicationPause =
        new Deadline(getProcessingTimeService(), settings.publishIntervalMs(), this::afterLearning);
    if (trainer.pending() > 0) {
      batchDeadline.start();
    }
    trainer.publishedMs().ifPresent(publicationPause::start);
    reportProgress();
    progress.started(trainer.jobId(), trainer.kernelName());
  }

  @Override
  public void processElement1(StreamRecord<PointBlock> element) {
    if (trainer.add(element.getValue())) {
      batchDeadline.clear();
      afterLearning();
    }
    if (trainer.pending() > 0) {
      batchDeadline.start();
    }
  }

  @Override
  public void processElement2(StreamRecord<LabelledPoint> element) {
    trainer.addLabel(element.getValue());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    DataOutputSerializer out = new DataOutputSerializer(STATE_BYTES_INITIAL);
    trainer.writeTo(out);
    state.update(List.of(out.getCopyOfBuffer()));
  }

  private void learnPending() {
    trainer.learnPending();
    afterLearning();
  }

  /**
   * Tells of drift, and publishes if there is something to publish and the pause since the last
   * version is over.
   */
  private void afterLearning() {
    for (DriftNotice notice : trainer.drift().take()) {
      output.collect(DRIFT, new StreamRecord<>(notice));
    }
    if (!publicationPause.started() && trainer.publishable()) {
      long nowMs = getProcessingTimeService().getCurrentProcessingTime();
      output.collect(new StreamRecord<>(trainer.publish(Instant.ofEpochMilli(nowMs))));
      publicationPause.start();
    }
    reportProgress();
  }

  private void reportProgress() {
    progress.learned(trainer.metrics(), trainer.labelsLearned(), trainer.sequence());
    progress.at(trainer.publishedMs(), trainer.eventTimeMs());
    progress.drifts(trainer.drift().standing(), trainer.drift().stability());
  }

  private AssignmentKernel loadKernel() {
    try {
      return KernelProvider.load(settings.kernel(), settings.kernelThreads());
    } catch (KernelUnavailableException e) {
      // A kernel that was asked for by name and is not there does not come by waiting.
      throw new SuppressRestartsException(e);
    }
  }

  private ModelTrainer begin(AssignmentKernel kernel) throws IOException {
    String model = settings.startModel();
    if (model == null) {
      return new ModelTrainer(settings, kernel, jobIds.next());
    }
    try {
      return ModelTrainer.from(StartModel.load(model, settings), settings, kernel, jobIds.next());
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(
          new IllegalStateException(TrainerConfig.START_MODEL + ": " + e.getMessage(), e));
    }
  }

  private ModelTrainer restore(byte[] bytes, AssignmentKernel kernel) {
    try {
      return ModelTrainer.readFrom(new DataInputDeserializer(bytes), settings, kernel);
    } catch (IOException | IllegalArgumentException e) {
      throw new SuppressRestartsException(
          new IllegalStateException(
              "the training job of model "
                  + settings.modelName()
                  + " cannot go on from its checkpoint: "
                  + e.getMessage()
                  + "; start it with another or an empty "
                  + TrainerConfig.CHECKPOINT_DIR,
              e));
    }
  }
}
