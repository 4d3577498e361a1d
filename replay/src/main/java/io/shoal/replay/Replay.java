package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.FeatureReplay;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.History;
import io.shoal.features.export.KnownLabel;
import io.shoal.features.export.Labels;
import io.shoal.jobs.Candidate;
import io.shoal.jobs.LabelledPoint;
import io.shoal.jobs.ModelTrainer;
import io.shoal.jobs.PointBlock;
import io.shoal.jobs.TrainerSettings;
import io.shoal.kmeans.KernelProvider;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.schemas.avro.Prediction;
import io.shoal.serving.ActiveModel;
import io.shoal.serving.Predictor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;

/**
 * Replays past traffic: each event is scored by what was learned before it, then learned from; a
 * label is learned when it became known. The clock is the latest event time so far. Features come
 * from {@link FeatureReplay}, predictions from the sidecar's {@link Predictor}, versions from the
 * trainer's {@link ModelTrainer}; a version scores from the event after the mini-batch that made
 * it. The same events and settings give the same predictions. Not thread-safe.
 *
 * <p>Two settings of the trainer are of the wall clock and have no effect: {@code
 * batch.interval.ms}, since a mini-batch always fills, and {@code publish.interval.ms}.
 */
public final class Replay {
  /** Is told of each event after its prediction. */
  public interface Listener {
    /**
     * An event was predicted.
     *
     * @param event reused: do not keep it
     * @param vector all features of the set, reused
     * @param label what the history says of the event, or became known of it otherwise
     */
    void predicted(Event event, float[] vector, Prediction prediction, @Nullable KnownLabel label);
  }

  private record Pending(Event event, float[] values, KnownLabel label) {}

  private final FeatureSet features;
  private final Labels labels;
  private final int[] projection;
  private final FeatureReplay featureReplay;
  private final Predictor predictor;
  private final ModelTrainer trainer;
  private final PointBlock block = new PointBlock();
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong((Pending p) -> p.label().knownAtMs()));
  private final SpecificDatumReader<ModelVersion> versionReader =
      new SpecificDatumReader<>(ModelVersion.class);
  private @Nullable ActiveModel model;
  private @Nullable ModelVersion version;
  private long clockMs = Long.MIN_VALUE;
  private long modelBytes;

  /**
   * @param labels beside those that the history itself has; all of these are learned from, of the
   *     history's own only the frauds, as nobody reports a legitimate event
   */
  public Replay(ReplaySettings settings, Labels labels) {
    TrainerSettings trainerSettings = TrainerSettings.of(settings.trainer(), "replay");
    this.features = settings.features();
    this.labels = labels;
    this.projection = features.indexesOf(trainerSettings.features());
    this.featureReplay = new FeatureReplay(features);
    this.predictor = new Predictor(features, settings.policy());
    this.trainer =
        new ModelTrainer(trainerSettings, KernelProvider.load(trainerSettings.kernel()), "replay");
    block.n = 1;
    block.d = projection.length;
    block.points = new float[projection.length];
  }

  /** Replays a history to its end. */
  public void run(History history, Listener listener) throws IOException {
    Event event = features.newEvent();
    float[] vector = new float[features.dimension()];
    while (history.next(event)) {
      KnownLabel own = history.label();
      advance(event.timeMs);
      featureReplay.process(event, vector);
      KnownLabel other = own == null ? labels.of(event.id) : null;
      Prediction prediction = predictor.predict(event, vector, model);
      listener.predicted(event, vector, prediction, own == null ? other : own);
      if (other != null) {
        await(event, vector, other);
      } else if (own != null && own.fraud()) {
        await(event, vector, own);
      }
      learn(vector);
    }
  }

  /** The last version; null before the first. */
  public @Nullable ModelVersion version() {
    return version;
  }

  /** Size of the last version as it travels, bytes. */
  public long modelBytes() {
    return modelBytes;
  }

  private void learn(float[] vector) {
    project(vector, block.points);
    block.eventTimeMs = clockMs;
    if (trainer.add(block) && trainer.publishable()) {
      publish(trainer.publish(Instant.ofEpochMilli(clockMs)));
    }
  }

  private void publish(Candidate candidate) {
    try {
      ModelVersion next =
          versionReader.read(
              null, DecoderFactory.get().binaryDecoder(candidate.modelVersion, null));
      next.setVersion(candidate.sequence);
      model = ActiveModel.of(next, features);
      version = next;
      modelBytes = candidate.modelVersion.length;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  /** The label is learned when it becomes known, and not before its event has come. */
  private void await(Event event, float[] vector, KnownLabel label) {
    Event copy = features.newEvent();
    copy.timeMs = event.timeMs;
    System.arraycopy(event.keys, 0, copy.keys, 0, event.keys.length);
    float[] values = new float[projection.length];
    project(vector, values);
    pending.add(new Pending(copy, values, label));
  }

  private void advance(long timeMs) {
    clockMs = Math.max(clockMs, timeMs);
    for (Pending first = pending.peek();
        first != null && first.label().knownAtMs() <= clockMs;
        first = pending.peek()) {
      pending.remove();
      if (first.label().fraud()) {
        featureReplay.fraud(first.event());
      }
      LabelledPoint point = new LabelledPoint();
      point.values = first.values();
      point.fraud = first.label().fraud();
      point.eventTimeMs = first.label().knownAtMs();
      trainer.addLabel(point);
    }
  }

  private void project(float[] vector, float[] out) {
    for (int f = 0; f < projection.length; f++) {
      out[f] = vector[projection[f]];
    }
  }
}
