package io.shoal.jobs;

import io.shoal.kmeans.LearningMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

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

  private final LongAdder dropped = new LongAdder();
  private volatile LearningMetrics metrics = new LearningMetrics(0, 0, 0, 0, 0, 0, 0, 0);
  private volatile long labelsLearned;
  private volatile long sequence;
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
    metrics = newMetrics;
    labelsLearned = labels;
    sequence = newSequence;
  }

  void drop() {
    dropped.increment();
  }

  void registerTrainer(MetricGroup group) {
    group.gauge("eventsLearned", (Gauge<Long>) this::eventsLearned);
    group.gauge("eventsQuarantined", (Gauge<Long>) this::eventsQuarantined);
    group.gauge("labelsLearned", (Gauge<Long>) this::labelsLearned);
    group.gauge("batches", (Gauge<Long>) this::batches);
    group.gauge("sequence", (Gauge<Long>) this::sequence);
    group.gauge("kernel", (Gauge<String>) this::kernel);
  }

  static Counter registerDropped(MetricGroup group, String reason) {
    return group.addGroup("reason", reason).counter("dropped");
  }
}
