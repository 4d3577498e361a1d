package io.shoal.cli.doctor;

import io.shoal.features.FeatureSet;
import io.shoal.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at a pipeline's Kafka: brokers, topics, their partitions and policies, what is allowed. */
public final class KafkaCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<String, Object> client;
  private final Topics topics;
  private final String source;

  /** A check with these settings of Kafka clients. */
  public KafkaCheck(Map<String, Object> client, Topics topics, FeatureSet features) {
    this.client = new HashMap<>(client);
    this.client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    this.client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    this.topics = topics;
    this.source = topics.source(features.source().topic());
  }

  /** What is found of it; only the first thing where no broker answers. */
  public List<Finding> findings() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Object brokers = client.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    try (Admin admin = Admin.create(client)) {
      DescribeClusterResult cluster = admin.describeCluster();
      int nodes = get(cluster.nodes()).size();
      findings.add(
          Finding.ok("kafka", "%s, %d broker%s".formatted(brokers, nodes, nodes == 1 ? "" : "s")));
      Map<String, TopicDescription> there = topics(admin);
      findings.addAll(missing(there));
      findings.addAll(partitions(there, nodes));
      findings.addAll(policies(admin, there));
      findings.addAll(allowed(there));
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(
          Finding.failure(
              "kafka",
              brokers
                  + (cause instanceof TimeoutException
                      ? " does not answer within " + PATIENCE.toSeconds() + " s"
                      : " does not answer: " + cause.getMessage()),
              "is the pipeline up ('shoal get')? Else check bootstrap.servers, the network, and what"
                  + " the brokers ask for (security.protocol, sasl.*)"));
    }
    return findings;
  }

  private Map<String, TopicDescription> topics(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<String> names = new ArrayList<>(expected().keySet());
    names.add(source);
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin
            .describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    Map<String, TopicDescription> there = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
      try {
        there.put(topic.getKey(), get(topic.getValue()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return there;
  }

  private List<Finding> missing(Map<String, TopicDescription> there) {
    List<String> missing =
        expected().keySet().stream().filter(name -> !there.containsKey(name)).sorted().toList();
    List<Finding> findings = new ArrayList<>();
    if (!there.containsKey(source)) {
      findings.add(
          Finding.failure(
              "topics",
              "there is no topic " + source + ", which the events are read from",
              "start the pipeline, which makes it, or create it with as many partitions as you will"
                  + " ever want sidecars"));
    }
    findings.add(
        missing.isEmpty()
            ? Finding.ok("topics", there.size() + " of " + there.size() + " are there")
            : Finding.warning(
                "topics",
                "missing: " + String.join(", ", missing),
                "the sidecar makes them when it starts, if it may"));
    return findings;
  }

  private List<Finding> partitions(Map<String, TopicDescription> there, int nodes) {
    TopicDescription events = there.get(source);
    if (events == null) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    int partitions = events.partitions().size();
    for (String name : List.of(topics.labels(), topics.ledgerEvents(), topics.secondaryEvents())) {
      TopicDescription other = there.get(name);
      if (other != null && other.partitions().size() != partitions) {
        findings.add(
            Finding.warning(
                "partitions",
                "%s has %d, %s %d".formatted(name, other.partitions().size(), source, partitions),
                "new pipelines get the same number from topic.partitions; the work spreads unevenly"));
      }
    }
    findings.add(
        Finding.ok(
            "partitions",
            "%s has %d: at most so many threads of sidecars".formatted(source, partitions)));
    int replicas = events.partitions().get(0).replicas().size();
    findings.add(
        nodes > 1 && replicas == 1
            ? Finding.warning(
                "replicas",
                source + " has one replica on a cluster of " + nodes,
                "set topic.replication=3 before the topics are made, or reassign partitions")
            : Finding.ok("replicas", String.valueOf(replicas)));
    return findings;
  }

  private List<Finding> policies(Admin admin, Map<String, TopicDescription> there)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, NewTopic> expected = expected();
    List<ConfigResource> asked =
        expected.keySet().stream()
            .filter(there::containsKey)
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<ConfigResource, Config> topic :
        get(admin.describeConfigs(asked).all()).entrySet()) {
      String name = topic.getKey().name();
      String found = policy(topic.getValue());
      String wanted =
          Objects.requireNonNull(expected.get(name))
              .configs()
              .get(TopicConfig.CLEANUP_POLICY_CONFIG);
      if (!found.equals(wanted)) {
        findings.add(
            Finding.failure(
                "policies",
                "%s has cleanup.policy %s, not %s".formatted(name, found, wanted),
                "kafka-configs --alter --topic %s --add-config cleanup.policy=%s"
                    .formatted(name, wanted)));
      }
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              "policies", "as they should be: streams are kept for a time, models compacted"));
    }
    return findings;
  }

  private static String policy(Config config) {
    ConfigEntry entry = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
    return entry == null || entry.value() == null ? "unknown" : entry.value();
  }

  private List<Finding> allowed(Map<String, TopicDescription> there) {
    List<String> refused =
        there.values().stream()
            .filter(topic -> topic.authorizedOperations() != null)
            .filter(
                topic ->
                    !topic
                        .authorizedOperations()
                        .containsAll(Set.of(AclOperation.READ, AclOperation.WRITE)))
            .map(TopicDescription::name)
            .toList();
    if (there.values().stream().allMatch(topic -> topic.authorizedOperations() == null)) {
      return List.of(Finding.ok("rights", "the brokers do not tell"));
    }
    return List.of(
        refused.isEmpty()
            ? Finding.ok("rights", "read and write on every topic")
            : Finding.failure(
                "rights",
                "not both read and write on " + String.join(", ", refused),
                "give them to this user with kafka-acls, or use the user of the service"));
  }

  private Map<String, NewTopic> expected() {
    Map<String, NewTopic> expected = new TreeMap<>();
    topics.all(1, (short) 1).stream()
        .filter(topic -> !topic.name().equals(topics.transactions()))
        .forEach(topic -> expected.put(topic.name(), topic));
    return expected;
  }

  private static <T> T get(KafkaFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
