package io.shoal.registry.server.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Keeps a consumer on all partitions of a topic, which may come later and become more. */
final class Assignment {
  private static final long REFRESH_NS = Duration.ofMinutes(1).toNanos();
  private static final long ABSENT_MS = 500;

  private final Consumer<?, ?> consumer;
  private final String topic;
  private @Nullable Long refreshedNs;

  Assignment(Consumer<?, ?> consumer, String topic) {
    this.consumer = consumer;
    this.topic = topic;
  }

  /** Assigns what is there now; says whether there is anything. */
  boolean refresh() {
    if (refreshedNs != null && System.nanoTime() - refreshedNs < REFRESH_NS) {
      return true;
    }
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    if (partitions == null || partitions.isEmpty()) {
      return false;
    }
    if (partitions.size() != consumer.assignment().size()) {
      consumer.assign(
          partitions.stream().map(p -> new TopicPartition(topic, p.partition())).toList());
    }
    refreshedNs = System.nanoTime();
    return true;
  }

  /** Waits a little for a topic that is not there. */
  void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ABSENT_MS);
  }
}
