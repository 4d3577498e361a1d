package io.shoal.schemas;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and leaves those that exist as they are. */
public final class TopicCreator {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(50);

  private TopicCreator() {}

  /**
   * Creates what is missing of these topics, and waits until every partition can be written: a
   * producer that writes before would have its first batches refused.
   *
   * @throws KafkaException when the brokers refuse or do not answer in a minute
   */
  public static void createMissing(Admin admin, Collection<NewTopic> topics) {
    long deadlineNs = System.nanoTime() + TIMEOUT.toNanos();
    admin.createTopics(topics).values().forEach((topic, result) -> created(topic, result));
    List<String> names = topics.stream().map(NewTopic::name).toList();
    while (!allLed(admin, names)) {
      if (System.nanoTime() > deadlineNs) {
        throw new KafkaException(
            "some partition of " + names + " has no leader after " + TIMEOUT.toSeconds() + " s");
      }
      pause();
    }
  }

  private static void created(String topic, KafkaFuture<Void> result) {
    try {
      result.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException("cannot create topic " + topic, e.getCause());
      }
    } catch (TimeoutException e) {
      throw new KafkaException("no answer from the brokers while creating topic " + topic, e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Asks the leaders themselves for an offset: metadata name a leader before it knows of its
   * office.
   */
  private static boolean allLed(Admin admin, List<String> names) {
    try {
      Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
      for (TopicDescription topic :
          admin.describeTopics(names).allTopicNames().get(5, TimeUnit.SECONDS).values()) {
        topic
            .partitions()
            .forEach(
                p ->
                    partitions.put(
                        new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
      }
      admin.listOffsets(partitions).all().get(5, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_INTERVAL.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static KafkaException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new KafkaException("interrupted while creating topics", e);
  }
}
