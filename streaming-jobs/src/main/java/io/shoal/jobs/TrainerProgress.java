package io.shoal.jobs;

import io.shoal.kmeans.LearningMetrics;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * How far a training job has come. The job's tasks write it; it is the source of the job's Flink
 * metrics, and whoever runs the job in this JVM reads it.
 */
public final class TrainerProgress {
  /**
   * Jobs that run in this JVM and are watched. Static, because Flink makes the tasks from bytes:
   * there is no other way to hand them an object.
   */
  private static final Map<String, TrainerProgress> WATCHED = new ConcurrentHashMap<>();

  private static final long UNKNOWN = -1;

  private final LongAdder dropped = new LongAdder();
  private final Counter events = new SimpleCounter();
  private volatile long publishedMs = UNKNOWN;
  private volatile long eventTimeMs = UNKNOWN;
  private volatile LearningMetrics metrics = new LearningMetrics(0, 0, 0, 0, 0, 0, 0, 0);
  private volatile long labelsLearned;
  private volatile long sequence;
  private volatile boolean drifting;
  private volatile double stability;
  private volatile String kernel = "";
  private volatile String jobId = "";

  TrainerProgress() {}

  /** Events that the model has learned from since the training run began, restarts included. */
  public long eventsLearned() {
    LearningMetrics now = metrics;
    return now.events() - now.refused();
  }

  /** Events that were past the learnable percentile, since the training run began. */
  public long eventsQuarantined() {
    return metrics.refused();
  }

  /** Labels that the model has learned from since the training run began. */
  public long labelsLearned() {
    return labelsLearned;
  }

  /** Mini-batches since the training run began. */
  public long batches() {
    return metrics.batches();
  }

  /** Records dropped as unusable since the job was started in this JVM. */
  public long dropped() {
    return dropped.sum();
  }

  /** Sequence of the last candidate made; 0 before the first. */
  public long sequence() {
    return sequence;
  }

  /** Whether the traffic is no longer what the model learned. */
  public boolean drifting() {
    return drifting;
  }

  /** Population stability index of the shares of clusters in the last window of traffic. */
  public double stability() {
    return stability;
  }

  /** Name of the assignment kernel in use; empty until the trainer has loaded one. */
  public String kernel() {
    return kernel;
  }

  /** Identity of the training run; empty until the trainer has started. */
  public String jobId() {
    return jobId;
  }

  /**
   * Makes the progress of a job readable in this JVM until it is {@linkplain #unwatch forgotten}.
   */
  static TrainerProgress watch(String id) {
    return WATCHED.computeIfAbsent(id, unused -> new TrainerProgress());
  }

  static void unwatch(String id) {
    WATCHED.remove(id);
  }

  /** The progress to write to: the watched one, or a fresh one that only feeds the metrics. */
  static TrainerProgress of(String id) {
    return WATCHED.getOrDefault(id, new TrainerProgress());
  }

  void started(String newJobId, String newKernel) {
    jobId = newJobId;
    kernel = newKernel;
  }

  void learned(LearningMetrics newMetrics, long labels, long newSequence) {
    if (metrics.events() > 0 && newMetrics.events() > metrics.events()) {
      events.inc(newMetrics.events() - metrics.events());
    }
    metrics = newMetrics;
    labelsLearned = labels;
    sequence = newSequence;
  }

  void drifts(boolean nowDrifting, double newStability) {
    drifting = nowDrifting;
    stability = newStability;
  }

  void drop() {
    dropped.increment();
  }

  /** When the last version was made and up to where the model has learned, milliseconds. */
  void at(OptionalLong newPublishedMs, OptionalLong newEventTimeMs) {
    publishedMs = newPublishedMs.orElse(UNKNOWN);
    eventTimeMs = newEventTimeMs.orElse(UNKNOWN);
  }

  /**
   * Registers the metrics of the one writer; docs/training.md explains them.
   *
   * @param clockMs the wall clock
   */
  void registerTrainer(MetricGroup group, BatchClock batchClock, LongSupplier clockMs) {
    group.gauge("eventsLearned", (Gauge<Long>) this::eventsLearned);
    group.gauge("eventsQuarantined", (Gauge<Long>) this::eventsQuarantined);
    group.gauge("quarantineShare", (Gauge<Double>) () -> metrics.refusedShare());
    group.meter("eventsPerSecond", new MeterView(events));
    group.gauge("labelsLearned", (Gauge<Long>) this::labelsLearned);
    group.gauge("batches", (Gauge<Long>) this::batches);
    group.gauge("batchWaitMs", (Gauge<Long>) batchClock::waitMs);
    group.gauge("batchAssignMs", (Gauge<Long>) batchClock::assignMs);
    group.gauge("batchUpdateMs", (Gauge<Long>) batchClock::updateMs);
    group.gauge("sequence", (Gauge<Long>) this::sequence);
    group.gauge("versionAgeMs", (Gauge<Long>) () -> since(publishedMs, clockMs));
    group.gauge("eventTimeLagMs", (Gauge<Long>) () -> since(eventTimeMs, clockMs));
    group.gauge("drift", (Gauge<Integer>) () -> drifting ? 1 : 0);
    group.gauge("populationStability", (Gauge<Double>) this::stability);
    group.gauge("kernel", (Gauge<String>) this::kernel);
  }

  private static long since(long momentMs, LongSupplier clockMs) {
    return momentMs == UNKNOWN ? UNKNOWN : clockMs.getAsLong() - momentMs;
  }

  static Counter registerDropped(MetricGroup group, String reason) {
    return group.addGroup("reason", reason).counter("dropped");
  }
}
