package io.shoal.jobs;

import io.shoal.kmeans.KernelChoice;
import io.shoal.schemas.Topics;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of the {@link TrainerConfig} travels to the tasks.
 *
 * @param modelName name of the model
 * @param k number of clusters
 * @param features names of the model's features, {@code [d]}
 * @param resolutions of these features, {@code [d]}
 * @param fingerprint of the feature set, or of the names of own vectors
 * @param halfLife of what was learned, in event time; null: never forgets
 * @param seed of the model's random choices
 * @param kernel wanted
 * @param kernelThreads over which it splits large mini-batches
 * @param batchSize points in a mini-batch
 * @param batchIntervalMs longest wait of a point in the trainer
 * @param publishIntervalMs shortest time between two versions
 * @param publishBatches fewest mini-batches between two versions
 * @param publishMovement of a centre, in standard deviations, past which a version need not wait
 *     for these mini-batches
 * @param driftShift population stability index that is an alarm
 * @param driftClearEvents without drift, after which an alarm is over
 * @param driftForgetFactor by which the half-life is divided while an alarm stands
 * @param startModel that a run without checkpoint goes on from; null: from nothing
 * @param pointsTopic that points come from
 * @param feedbackTopic that labels come from
 * @param progressId of the {@link TrainerProgress} to write to
 */
public record TrainerSettings(
    String modelName,
    int k,
    List<String> features,
    List<Float> resolutions,
    String fingerprint,
    @Nullable Duration halfLife,
    long seed,
    KernelChoice kernel,
    int kernelThreads,
    int batchSize,
    long batchIntervalMs,
    long publishIntervalMs,
    int publishBatches,
    double publishMovement,
    double driftShift,
    long driftClearEvents,
    double driftForgetFactor,
    @Nullable String startModel,
    String pointsTopic,
    String feedbackTopic,
    String progressId)
    implements Serializable {

  /** Settings of a job as configured. */
  public static TrainerSettings of(TrainerConfig config, String progressId) {
    Topics topics = config.topics();
    return new TrainerSettings(
        config.modelName(),
        config.k(),
        config.modelFeatures(),
        config.resolutions(),
        config.fingerprint(),
        config.halfLife().orElse(null),
        config.seed(),
        config.kernel(),
        config.kernelThreads(),
        config.batchSize(),
        // A point waits for half of the interval in its block, for the other half in the trainer.
        config.batchIntervalMs() / 2,
        config.publishIntervalMs(),
        config.publishBatches(),
        config.publishMovement(),
        config.driftShift(),
        config.driftClearEvents(),
        config.driftForgetFactor(),
        config.startModel().orElse(null),
        config.pointsTopic(),
        topics.feedback(),
        progressId);
  }

  /**
   * Settings of the model of one segment: named after it, and from nothing, because a model of all
   * is none of a segment.
   */
  TrainerSettings ofSegment(String segment) {
    return new TrainerSettings(
        SegmentNames.model(modelName, segment),
        k,
        features,
        resolutions,
        fingerprint,
        halfLife,
        seed,
        kernel,
        kernelThreads,
        batchSize,
        batchIntervalMs,
        publishIntervalMs,
        publishBatches,
        publishMovement,
        driftShift,
        driftClearEvents,
        driftForgetFactor,
        null,
        pointsTopic,
        feedbackTopic,
        progressId);
  }

  /** d, the number of the model's features. */
  public int dimension() {
    return features.size();
  }
}
