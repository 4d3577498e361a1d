package io.shoal.jobs;

import io.shoal.config.ConfigException;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** The topics of a training job before it runs: without them it would fail and restart for ever. */
final class TrainerTopics {
  /** Takes the brokers' default. */
  private static final short REPLICATION = -1;

  private TrainerTopics() {}

  /**
   * Checks that the records of a user's own topic can be read, and creates what is missing of the
   * topics that only the trainer knows to be wanted: without a sidecar all that it and the registry
   * write or read, but never the user's.
   *
   * @throws ConfigException when the newest schema of the topic has not what the options name, or
   *     the brokers do not let this job in
   */
  static void prepare(TrainerConfig config) {
    Topics topics = config.topics();
    Set<String> wanted = new TreeSet<>(Set.of(topics.driftEvents()));
    Optional<RecordLayout> layout = config.ownVectors();
    if (layout.isPresent()) {
      SchemaRegistry.at(config.schemaRegistryUrl())
          .latest(SchemaRegistry.valueSubject(config.pointsTopic()))
          .ifPresent(schema -> check(layout.get(), schema));
      wanted.addAll(Set.of(topics.feedback(), topics.modelCandidates(), topics.models()));
    }
    try (Admin admin = admin(config)) {
      TopicCreator.createMissing(
          admin,
          topics.all(1, REPLICATION).stream()
              .filter(topic -> wanted.contains(topic.name()))
              .toList());
    } catch (KafkaException e) {
      throw refused(config, e);
    }
  }

  /** Says what a user can mend; Kafka's own message is the last of a chain. */
  private static ConfigException refused(TrainerConfig config, KafkaException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String mend =
        cause instanceof AuthenticationException
            ? "; check kafka.security.protocol, kafka.sasl.mechanism and kafka.sasl.jaas.config, and"
                + " for TLS kafka.ssl.truststore.location"
            : cause instanceof AuthorizationException
                ? "; let the trainer's user create and write these topics, or create them yourself"
                : "";
    return new ConfigException(
        "%s %s: %s%s%s"
            .formatted(
                TrainerConfig.BOOTSTRAP_SERVERS,
                config.bootstrapServers(),
                e.getMessage(),
                cause == e || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")",
                mend),
        e);
  }

  private static void check(RecordLayout layout, Schema schema) {
    try {
      PointReader unused = new PointReader(layout, schema);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Returns when all topics are there.
   *
   * @param waiting is told once what is missing
   */
  static void await(TrainerConfig config, Consumer<String> waiting)
      throws ExecutionException, InterruptedException {
    Topics topics = config.topics();
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                config.pointsTopic(),
                topics.feedback(),
                topics.modelCandidates(),
                topics.driftEvents()));
    try (Admin admin = admin(config)) {
      missing.removeAll(admin.listTopics().names().get());
      if (!missing.isEmpty()) {
        waiting.accept(
            "waits for "
                + missing
                + (config.ownVectors().isEmpty()
                    ? ", which the sidecar creates; to learn from a topic of your own set "
                        + TrainerConfig.VECTORS_TOPIC
                    : ""));
      }
      while (!missing.isEmpty()) {
        TimeUnit.SECONDS.sleep(1);
        missing.removeAll(admin.listTopics().names().get());
      }
    }
  }

  private static Admin admin(TrainerConfig config) {
    Map<String, Object> settings = config.kafkaSettings();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    return Admin.create(settings);
  }
}
