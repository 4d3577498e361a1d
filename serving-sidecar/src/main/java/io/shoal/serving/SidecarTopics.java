package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;

/** Makes the topics of a sidecar, and knows how many partitions those have that it must know of. */
final class SidecarTopics {
  private final SidecarConfig config;
  private final String source;
  private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

  SidecarTopics(SidecarConfig config, FeatureSet features) {
    this.config = config;
    this.source = config.topics().source(features.source().topic());
  }

  /**
   * Creates what is missing.
   *
   * @throws KafkaException when the brokers refuse or do not answer
   */
  void create(Admin admin) {
    int count = config.getInt(SidecarConfig.TOPIC_PARTITIONS);
    short replication = config.getShort(SidecarConfig.TOPIC_REPLICATION);
    Topics names = config.topics();
    List<NewTopic> topics = new ArrayList<>(names.all(count, replication));
    if (topics.stream().noneMatch(topic -> topic.name().equals(source))) {
      topics.add(new NewTopic(source, count, replication));
    }
    TopicCreator.createMissing(admin, topics);
    count(admin, List.of(source, names.ledgerEvents(), names.secondaryEvents()));
    // Kafka Streams would create a changelog only once it runs; the global store reads it before.
    TopicCreator.createMissing(
        admin,
        List.of(
            new NewTopic(
                    SidecarTopology.replicated(config),
                    partitions(names.secondaryEvents()),
                    replication)
                .configs(
                    Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT))));
  }

  /** Partitions of the source or of a topic between tasks, once they are created. */
  int partitions(String topic) {
    return Objects.requireNonNull(partitions.get(topic), topic);
  }

  private void count(Admin admin, List<String> topics) {
    try {
      for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
        partitions.put(topic.name(), topic.partitions().size());
      }
    } catch (ExecutionException e) {
      throw new KafkaException("cannot describe the topics " + topics, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }
}
