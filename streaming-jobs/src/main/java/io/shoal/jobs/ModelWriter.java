package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.KernelUnavailableException;
import java.io.IOException;
import java.time.Instant;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The one writer of a model, in an operator: learns from blocks of points and from labels, and
 * emits candidates. The first comes as soon as the learner has started, the next ones by the
 * publication policy.
 */
final class ModelWriter {
  private static final int STATE_BYTES_INITIAL = 64 << 10;

  private final ModelTrainer trainer;
  private final TrainerProgress progress;
  private final ProcessingTimeService time;
  private final Output<StreamRecord<Candidate>> output;
  private final Deadline batchDeadline;
  private final Deadline publicationPause;
  private boolean changed = true;

  /**
   * @param trainer that has just begun, or was restored
   * @param metrics under which those of this model are registered
   */
  ModelWriter(
      ModelTrainer trainer,
      TrainerSettings settings,
      TrainerProgress progress,
      MetricGroup metrics,
      ProcessingTimeService time,
      Output<StreamRecord<Candidate>> output) {
    this.trainer = trainer;
    this.progress = progress;
    this.time = time;
    this.output = output;
    this.batchDeadline = new Deadline(time, settings.batchIntervalMs(), this::learnPending);
    this.publicationPause = new Deadline(time, settings.publishIntervalMs(), this::afterLearning);
    progress.registerTrainer(metrics, trainer.clock(), time::getCurrentProcessingTime);
    if (trainer.pending() > 0) {
      batchDeadline.start();
    }
    trainer.publishedMs().ifPresent(publicationPause::start);
    reportProgress();
    progress.started(trainer.jobId(), trainer.kernelName());
  }

  /** Learns from a block, or keeps its points until there are enough. */
  void add(PointBlock block) {
    changed = true;
    if (trainer.add(block)) {
      batchDeadline.clear();
      afterLearning();
    }
    if (trainer.pending() > 0) {
      batchDeadline.start();
    }
  }

  /** Learns from a label. */
  void addLabel(LabelledPoint label) {
    changed = true;
    trainer.addLabel(label);
  }

  /** Whether anything is other than when {@link #state} was last asked for. */
  boolean changed() {
    return changed;
  }

  /** All that {@link #restore} needs. */
  byte[] state() throws IOException {
    changed = false;
    DataOutputSerializer out = new DataOutputSerializer(STATE_BYTES_INITIAL);
    trainer.writeTo(out);
    return out.getCopyOfBuffer();
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
    // Also a version that only its pause held back: its sequence is part of the state.
    changed = true;
    for (DriftNotice notice : trainer.drift().take()) {
      output.collect(TrainModel.DRIFT, new StreamRecord<>(notice));
    }
    if (!publicationPause.started() && trainer.publishable()) {
      long nowMs = time.getCurrentProcessingTime();
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

  /** The kernel that a task learns with. */
  static AssignmentKernel loadKernel(TrainerSettings settings) {
    try {
      return KernelProvider.load(settings.kernel(), settings.kernelThreads());
    } catch (KernelUnavailableException e) {
      // A kernel that was asked for by name and is not there does not come by waiting.
      throw new SuppressRestartsException(e);
    }
  }

  /** A training run without checkpoint. */
  static ModelTrainer begin(TrainerSettings settings, AssignmentKernel kernel, String jobId)
      throws IOException {
    String model = settings.startModel();
    if (model == null) {
      return new ModelTrainer(settings, kernel, jobId);
    }
    try {
      return ModelTrainer.from(StartModel.load(model, settings), settings, kernel, jobId);
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(
          new IllegalStateException(TrainerConfig.START_MODEL + ": " + e.getMessage(), e));
    }
  }

  /** A training run that goes on from what {@link #state} wrote. */
  static ModelTrainer restore(byte[] bytes, TrainerSettings settings, AssignmentKernel kernel) {
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
