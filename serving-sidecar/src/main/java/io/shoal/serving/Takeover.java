package io.shoal.serving;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches an application catch up with the topics that it reads, and then announces from when on it
 * predicts: a little later, so that every sidecar knows before the first such record comes.
 */
final class Takeover implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Admin admin;
  private final String application;
  private final Set<String> topics;
  private final Duration notice;
  private final Clock clock;
  private final BooleanSupplier done;
  private final BooleanSupplier ready;
  private final Consumer<Instant> announce;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "takeover");
            thread.setDaemon(true);
            return thread;
          });
  private Map<TopicPartition, Long> endsBefore = Map.of();

  /**
   * @param admin closed with this
   * @param topics that the application reads
   * @param notice between announcement and takeover
   * @param done whether it has been announced
   * @param ready whether this instance is to announce at all, once the application has caught up
   * @param announce is told the time
   */
  Takeover(
      Admin admin,
      String application,
      Set<String> topics,
      Duration notice,
      Clock clock,
      BooleanSupplier done,
      BooleanSupplier ready,
      Consumer<Instant> announce) {
    this.admin = admin;
    this.application = application;
    this.topics = topics;
    this.notice = notice;
    this.clock = clock;
    this.done = done;
    this.ready = ready;
    this.announce = announce;
  }

  /** Starts to watch. */
  @SuppressWarnings("FutureReturnValueIgnored") // watch() itself tells what fails
  void start() {
    timer.scheduleWithFixedDelay(this::watch, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    admin.close(Duration.ZERO);
  }

  private void watch() {
    try {
      if (done.getAsBoolean()) {
        timer.shutdown();
      } else if (hasCaughtUp() && ready.getAsBoolean()) {
        Instant from = clock.instant().plus(notice);
        announce.accept(from);
        log.info("{} has caught up and predicts from {} on", application, from);
      }
    } catch (ExecutionException e) {
      log.warn("cannot tell whether {} has caught up; it tries again", application, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      log.warn("{} could not take over; it tries again", application, e);
    }
  }

  /** Whether all that had been written when it was last asked has been read by now. */
  private boolean hasCaughtUp() throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> before = endsBefore;
    Map<TopicPartition, Long> starts = offsets(OffsetSpec.earliest());
    endsBefore = offsets(OffsetSpec.latest());
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(application)
            .partitionsToOffsetAndMetadata(application)
            .get();
    return before.keySet().equals(endsBefore.keySet())
        && before.entrySet().stream()
            .allMatch(
                end -> {
                  OffsetAndMetadata read = committed.get(end.getKey());
                  long position =
                      read == null ? starts.getOrDefault(end.getKey(), 0L) : read.offset();
                  return position >= end.getValue();
                });
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Collection<TopicDescription> found =
        admin.describeTopics(topics).allTopicNames().get().values();
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : found) {
      topic
          .partitions()
          .forEach(p -> wanted.put(new TopicPartition(topic.name(), p.partition()), spec));
    }
    Map<TopicPartition, ListOffsetsResultInfo> offsets = admin.listOffsets(wanted).all().get();
    return offsets.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, offset -> offset.getValue().offset()));
  }
}
