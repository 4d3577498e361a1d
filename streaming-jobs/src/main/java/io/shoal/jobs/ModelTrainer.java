package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.BatchObserver;
import io.shoal.kmeans.HalfLife;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.LearningMetrics;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.avro.LearnedOffset;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A training run without Flink: joins blocks into mini-batches, learns from them in the order in
 * which they come, and makes candidates numbered 1, 2, 3, ... The same blocks and labels in the
 * same order give the same model, bit for bit, also across {@link #writeTo} and {@link #readFrom}.
 */
public final class ModelTrainer {
  private static final int MAGIC = 0x53485452; // "SHTR"

  /** Format 1 had no drift. */
  private static final int FORMAT = 2;

  private static final long NEVER = Long.MIN_VALUE;

  private final TrainerSettings settings;
  private final MiniBatchKMeans learner;
  private final DriftWatch drift;
  private final BatchClock clock = new BatchClock(System::nanoTime);
  private final AssignmentKernel kernel;
  private final String jobId;

  private final RecentPoints recent;
  private final float[] pendingPoints;
  private int pending;
  private long pendingEventTimeMs = NEVER;
  private NextOffsets pendingOffsets = new NextOffsets();

  private NextOffsets learnedOffsets = new NextOffsets();
  private NextOffsets labelOffsets = new NextOffsets();
  private long labelsLearned;
  private long sequence;
  private long batchesAtPublication;
  private long publishedMs = NEVER;
  private long eventTimeMs = NEVER;

  /** A run that has learned nothing yet. */
  public ModelTrainer(TrainerSettings settings, AssignmentKernel kernel, String jobId) {
    this(settings, new MiniBatchKMeans(parameters(settings), kernel), kernel, jobId);
  }

  /**
   * A run that goes on from a model.
   *
   * @throws IllegalArgumentException when the model has another k or dimension
   */
  static ModelTrainer from(
      KMeansModelData model, TrainerSettings settings, AssignmentKernel kernel, String jobId) {
    MiniBatchKMeans learner = MiniBatchKMeans.from(model, parameters(settings), kernel);
    return new ModelTrainer(settings, learner, kernel, jobId);
  }

  private ModelTrainer(
      TrainerSettings settings, MiniBatchKMeans learner, AssignmentKernel kernel, String jobId) {
    this.settings = settings;
    this.learner = learner;
    this.drift = new DriftWatch(settings, jobId, learner);
    BatchObserver watching = drift.observer();
    learner.observe(
        (ids, distances2, n) -> {
          clock.assigned();
          watching.observed(ids, distances2, n);
        });
    this.kernel = kernel;
    this.jobId = jobId;
    this.recent = new RecentPoints(settings.dimension());
    this.pendingPoints = new float[settings.batchSize() * settings.dimension()];
  }

  /**
   * Learns from every mini-batch that the block fills; what is left waits for the next one.
   *
   * @return whether a mini-batch was filled, so that all that waits now came with this block
   */
  public boolean add(PointBlock block) {
    int d = settings.dimension();
    if (block.d != d) {
      throw new IllegalArgumentException("a block of " + block.d + " features, not " + d);
    }
    if (pending == 0 && block.n == settings.batchSize()) {
      learn(block.points, block.n, block.eventTimeMs);
      learnedOffsets.advance(block.partitions, block.nextOffsets);
      return true;
    }
    boolean filled = false;
    int taken = 0;
    while (taken < block.n) {
      int fitting = Math.min(settings.batchSize() - pending, block.n - taken);
      System.arraycopy(block.points, taken * d, pendingPoints, pending * d, fitting * d);
      pending += fitting;
      taken += fitting;
      pendingEventTimeMs = Math.max(pendingEventTimeMs, block.timeAfterMs(taken - 1));
      if (pending == settings.batchSize()) {
        learnPending();
        filled = true;
      }
    }
    (pending == 0 ? learnedOffsets : pendingOffsets).advance(block.partitions, block.nextOffsets);
    return filled;
  }

  /** Learns from the points that wait, although they do not fill a mini-batch. */
  public void learnPending() {
    if (pending == 0) {
      return;
    }
    learn(pendingPoints, pending, pendingEventTimeMs);
    learnedOffsets.take(pendingOffsets);
    pending = 0;
    pendingEventTimeMs = NEVER;
  }

  /** Learns from one label. */
  public void addLabel(LabelledPoint point) {
    learner.learnLabel(point.values, point.fraud, point.eventTimeMs);
    labelOffsets.advance(point.partition, point.offset + 1);
    labelsLearned++;
  }

  /** Whether there is a model, and it is the first or has enough that no version has yet told. */
  public boolean publishable() {
    if (!learner.started()) {
      return false;
    }
    LearningMetrics metrics = learner.metrics();
    return sequence == 0
        || metrics.batches() - batchesAtPublication >= settings.publishBatches()
        || metrics.movement() > settings.publishMovement();
  }

  /** Makes the next candidate from what has been learned so far. */
  public Candidate publish(Instant createdAt) {
    sequence++;
    batchesAtPublication = learner.metrics().batches();
    publishedMs = createdAt.toEpochMilli();
    Candidate candidate = new Candidate();
    candidate.modelName = settings.modelName();
    candidate.sequence = sequence;
    // Before the snapshot, from which on movement counts anew.
    LearningMetrics metrics = learner.metrics();
    KMeansModelData model = learner.snapshot();
    ModelMetadata metadata =
        metadata(createdAt, VersionMetrics.of(metrics, drift, model, kernel, recent));
    candidate.modelVersion = ModelCodec.toBytes(ModelCodec.encode(model, metadata));
    return candidate;
  }

  /** Identity of the training run. */
  String jobId() {
    return jobId;
  }

  /** Name of the kernel that it learns with. */
  String kernelName() {
    return kernel.name();
  }

  /** Points that wait for their mini-batch to fill. */
  int pending() {
    return pending;
  }

  /** Sequence of the last candidate; 0 before the first. */
  long sequence() {
    return sequence;
  }

  /** When the last candidate was made; empty before the first. */
  OptionalLong publishedMs() {
    return publishedMs == NEVER ? OptionalLong.empty() : OptionalLong.of(publishedMs);
  }

  /** Watches this run. */
  DriftWatch drift() {
    return drift;
  }

  /** What its time goes into. */
  BatchClock clock() {
    return clock;
  }

  /** Latest event time learned from, milliseconds since 1970; empty before the first batch. */
  OptionalLong eventTimeMs() {
    return eventTimeMs == NEVER ? OptionalLong.empty() : OptionalLong.of(eventTimeMs);
  }

  /** What was learned so far. */
  public LearningMetrics metrics() {
    return learner.metrics();
  }

  long labelsLearned() {
    return labelsLearned;
  }

  /** Writes everything that {@link #readFrom} needs to go on as if nothing had happened. */
  void writeTo(DataOutput out) throws IOException {
    out.writeInt(MAGIC);
    out.writeInt(FORMAT);
    out.writeUTF(settings.fingerprint());
    out.writeUTF(String.join(",", settings.features()));
    out.writeUTF(jobId);
    learner.writeTo(out);
    out.writeLong(sequence);
    out.writeLong(batchesAtPublication);
    out.writeLong(publishedMs);
    out.writeLong(labelsLearned);
    out.writeLong(eventTimeMs);
    drift.writeTo(out);
    learnedOffsets.writeTo(out);
    labelOffsets.writeTo(out);
    pendingOffsets.writeTo(out);
    out.writeLong(pendingEventTimeMs);
    out.writeInt(pending);
    for (int i = 0; i < pending * settings.dimension(); i++) {
      out.writeFloat(pendingPoints[i]);
    }
  }

  /**
   * Reads a run that was written by {@link #writeTo}. The size of mini-batches may differ.
   *
   * @throws IOException when the bytes are no run, or one of other features or another k
   */
  static ModelTrainer readFrom(DataInput in, TrainerSettings settings, AssignmentKernel kernel)
      throws IOException {
    require("magic number", MAGIC, in.readInt());
    int format = in.readInt();
    if (format < 1 || format > FORMAT) {
      throw new IOException("its format is " + format + ", known are 1 to " + FORMAT);
    }
    require("fingerprint of the feature set", settings.fingerprint(), in.readUTF());
    require(TrainerConfig.MODEL_FEATURES, String.join(",", settings.features()), in.readUTF());
    String jobId = in.readUTF();
    MiniBatchKMeans learner = MiniBatchKMeans.readFrom(in, kernel);
    requireSame(parameters(settings), learner.parameters());
    ModelTrainer run = new ModelTrainer(settings, learner, kernel, jobId);
    run.sequence = in.readLong();
    run.batchesAtPublication = in.readLong();
    run.publishedMs = in.readLong();
    run.labelsLearned = in.readLong();
    run.eventTimeMs = in.readLong();
    if (format > 1) {
      run.drift.readFrom(in);
    }
    run.learnedOffsets = NextOffsets.readFrom(in);
    run.labelOffsets = NextOffsets.readFrom(in);
    NextOffsets pendingOffsets = NextOffsets.readFrom(in);
    PointBlock block = new PointBlock();
    block.partitions = pendingOffsets.partitions();
    block.nextOffsets = pendingOffsets.nextOffsets();
    block.eventTimeMs = in.readLong();
    block.n = in.readInt();
    block.d = settings.dimension();
    block.points = new float[block.n * block.d];
    for (int i = 0; i < block.points.length; i++) {
      block.points[i] = in.readFloat();
    }
    run.add(block);
    return run;
  }

  private static MiniBatchKMeansParameters parameters(TrainerSettings settings) {
    Duration halfLife = settings.halfLife();
    return MiniBatchKMeansParameters.builder()
        .k(settings.k())
        .dimension(settings.dimension())
        .seed(settings.seed())
        .resolutions(settings.resolutions())
        .halfLife(halfLife == null ? HalfLife.none() : HalfLife.ofEventTime(halfLife))
        .build();
  }

  private ModelMetadata metadata(Instant createdAt, Map<String, Double> metrics) {
    List<LearnedOffset> offsets = new ArrayList<>(learnedOffsets.of(settings.pointsTopic()));
    offsets.addAll(labelOffsets.of(settings.feedbackTopic()));
    return new ModelMetadata(
        settings.modelName(),
        createdAt,
        Instant.ofEpochMilli(eventTimeMs),
        jobId,
        sequence,
        settings.fingerprint(),
        settings.features(),
        Map.of(
            "k", String.valueOf(settings.k()),
            "half_life", String.valueOf(settings.halfLife()),
            "seed", String.valueOf(settings.seed()),
            "kernel", kernel.name()),
        metrics,
        offsets);
  }

  private void learn(float[] points, int n, long batchEventTimeMs) {
    clock.begin();
    learner.learn(new MiniBatch(points, n, settings.dimension(), batchEventTimeMs));
    eventTimeMs = Math.max(eventTimeMs, batchEventTimeMs);
    drift.afterBatch(eventTimeMs, sequence);
    recent.add(points, n);
    clock.end();
  }

  private static void requireSame(MiniBatchKMeansParameters wanted, MiniBatchKMeansParameters found)
      throws IOException {
    require(TrainerConfig.MODEL_K, wanted.k(), found.k());
    require(TrainerConfig.MODEL_HALF_LIFE, wanted.halfLife(), found.halfLife());
    require(TrainerConfig.MODEL_SEED, wanted.seed(), found.seed());
  }

  private static void require(String what, Object wanted, Object found) throws IOException {
    if (!wanted.equals(found)) {
      throw new IOException("its " + what + " is " + found + ", not " + wanted);
    }
  }
}
