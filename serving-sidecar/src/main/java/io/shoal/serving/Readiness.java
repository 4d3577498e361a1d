package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.annotation.Get;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * Whether this instance scores now, and what it still has to restore: {@code GET /ready}, 200 or
 * 503. It is ready once it has all of its states: until then another must not be taken away. From
 * then on it stays ready while partitions move; what it reads back for them is told. Thread-safe.
 */
final class Readiness implements StateRestoreListener, StandbyUpdateListener {
  private final LongSupplier modelVersion;
  private final Map<Store, Progress> restoring = new ConcurrentHashMap<>();
  private final Map<Store, Progress> standby = new ConcurrentHashMap<>();
  private volatile @Nullable KafkaStreams streams;

  /** Whether it has had its states once: from then on it answers while others come and go. */
  private volatile boolean ran;

  /** A partition of a store. */
  private record Store(TopicPartition partition, String name) {}

  /**
   * How far its state is.
   *
   * @param end offset of the changelog where it ends
   */
  private record Progress(long offset, long end) {}

  /** A state on its way. */
  record Line(String store, int partition, @JsonProperty("records_left") long recordsLeft) {}

  /**
   * The answer.
   *
   * @param state of the streams: CREATED, REBALANCING, RUNNING, ERROR, ...
   * @param tasks that this instance works on
   * @param standbyTasks that it holds ready for others
   * @param modelVersion of the champion, 0 before the first
   * @param restoring states that it reads back before it scores their partitions
   * @param standby replicas, and how far they are behind
   */
  record Answer(
      boolean ready,
      String state,
      int tasks,
      @JsonProperty("standby_tasks") int standbyTasks,
      @JsonProperty("model_version") long modelVersion,
      List<Line> restoring,
      List<Line> standby) {}

  /**
   * @param modelVersion of the champion
   */
  Readiness(LongSupplier modelVersion) {
    this.modelVersion = modelVersion;
  }

  /** The streams run. */
  void running() {
    ran = true;
  }

  /** Says whose streams; before they start. */
  void attach(KafkaStreams own) {
    own.setGlobalStateRestoreListener(this);
    own.setStandbyUpdateListener(this);
    streams = own;
  }

  /** What a load balancer, an orchestrator or a person wants to know. */
  @Get("/ready")
  public HttpResponse ready() {
    Answer answer = answer();
    return HttpResponse.ofJson(
        answer.ready() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, answer);
  }

  Answer answer() {
    KafkaStreams current = streams;
    KafkaStreams.State state = current == null ? KafkaStreams.State.CREATED : current.state();
    int tasks = 0;
    int standbyTasks = 0;
    if (current != null && state.isRunningOrRebalancing()) {
      for (ThreadMetadata thread : current.metadataForLocalThreads()) {
        tasks += thread.activeTasks().size();
        standbyTasks += thread.standbyTasks().size();
      }
    }
    return new Answer(
        ran && state.isRunningOrRebalancing(),
        state.name(),
        tasks,
        standbyTasks,
        modelVersion.getAsLong(),
        lines(restoring),
        lines(standby));
  }

  private static List<Line> lines(Map<Store, Progress> states) {
    return states.entrySet().stream()
        .map(
            entry ->
                new Line(
                    entry.getKey().name(),
                    entry.getKey().partition().partition(),
                    Math.max(0, entry.getValue().end() - entry.getValue().offset())))
        .sorted(Comparator.comparing(Line::store).thenComparing(Line::partition))
        .toList();
  }

  @Override
  public void onRestoreStart(TopicPartition partition, String store, long start, long end) {
    restoring.put(new Store(partition, store), new Progress(start, end));
  }

  @Override
  public void onBatchRestored(TopicPartition partition, String store, long last, long count) {
    restoring.computeIfPresent(
        new Store(partition, store), (key, before) -> new Progress(last + 1, before.end()));
  }

  @Override
  public void onRestoreEnd(TopicPartition partition, String store, long total) {
    restoring.remove(new Store(partition, store));
  }

  @Override
  public void onRestoreSuspended(TopicPartition partition, String store, long total) {
    restoring.remove(new Store(partition, store));
  }

  @Override
  public void onUpdateStart(TopicPartition partition, String store, long start) {
    standby.put(new Store(partition, store), new Progress(start, start));
  }

  @Override
  public void onBatchLoaded(
      TopicPartition partition, String store, TaskId task, long last, long count, long end) {
    standby.put(new Store(partition, store), new Progress(last + 1, end));
  }

  @Override
  public void onUpdateSuspended(
      TopicPartition partition, String store, long offset, long end, SuspendReason reason) {
    standby.remove(new Store(partition, store));
  }
}
