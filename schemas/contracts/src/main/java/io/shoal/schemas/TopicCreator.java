package io.shoal.schemas;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and leaves those that exist as they are. */
public final class TopicCreator {
  private static final long TIMEOUT_S = 60;

  private TopicCreator() {}

  /**
   * Creates what is missing of these topics.
   *
   * @throws KafkaException when the brokers refuse or do not answer in a minute
   */
  public static void createMissing(Admin admin, Collection<NewTopic> topics) {
    Map<String, KafkaFuture<Void>> results = admin.createTopics(topics).values();
    results.forEach(TopicCreator::await);
  }

  private static void await(String topic, KafkaFuture<Void> result) {
    try {
      result.get(TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException("cannot create topic " + topic, e.getCause());
      }
    } catch (TimeoutException e) {
      throw new KafkaException("no answer from the brokers while creating topic " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while creating topic " + topic, e);
    }
  }
}
