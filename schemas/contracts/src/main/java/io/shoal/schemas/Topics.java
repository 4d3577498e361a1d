package io.shoal.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The names and policies of the topics of one pipeline. A prefix keeps pipelines apart: with the
 * prefix {@code eu.} the topic {@code predictions} is {@code eu.predictions}.
 *
 * @param prefix put before every name; empty for none
 */
public record Topics(String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,100}");
  private static final String RULE = "letters, digits, '.', '_' and '-', 100 at most";
  private static final Duration STREAM_RETENTION = Duration.ofDays(7);

  /**
   * @throws IllegalArgumentException when the prefix has a character that Kafka's topic names have
   *     not
   */
  public Topics {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("topic prefix '" + prefix + "': only " + RULE);
    }
  }

  /** Checks an option that is a prefix. */
  public static ConfigDef.Validator prefixValidator() {
    return ConfigDef.LambdaValidator.with(
        (option, value) -> {
          if (!PREFIX.matcher(String.valueOf(value)).matches()) {
            throw new ConfigException(option, value, "only " + RULE);
          }
        },
        () -> RULE);
  }

  /** Transactions to score; key: primary entity id. */
  public String transactions() {
    return prefix + "transactions";
  }

  /** A topic or subject of the user's, by its name in a feature set. */
  public String source(String name) {
    return prefix + name;
  }

  /** Vectors that were scored; key: primary entity id. */
  public String features() {
    return prefix + "features";
  }

  /** One prediction for each transaction; key: primary entity id. */
  public String predictions() {
    return prefix + "predictions";
  }

  /** Predictions past the threshold; key: primary entity id. */
  public String alerts() {
    return prefix + "alerts";
  }

  /** What versions that do not decide said; key: primary entity id. */
  public String shadowScores() {
    return prefix + "shadow-scores";
  }

  /** What became known later; key: transaction id. */
  public String labels() {
    return prefix + "labels";
  }

  /** Labels joined with what was scored; key: primary entity id. */
  public String feedback() {
    return prefix + "feedback";
  }

  /** Versions that the trainer offers; key: model name. */
  public String modelCandidates() {
    return prefix + "model-candidates";
  }

  /** When the traffic is no longer what a model learned, and when it is again; key: model name. */
  public String driftEvents() {
    return prefix + "drift-events";
  }

  /** Versions that sidecars must hold now (compacted); key: model name/alias. */
  public String models() {
    return prefix + "models";
  }

  /** What could not be used, and why; key: the original key. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /** Sidecar-internal: what was scored and what became known of it, by transaction id. */
  public String ledgerEvents() {
    return prefix + "ledger-events";
  }

  /** Sidecar-internal: events of secondary entities, by their id. */
  public String secondaryEvents() {
    return prefix + "secondary-events";
  }

  /** From when on a sidecar predicts in place of those before (compacted); key: its application. */
  public String takeovers() {
    return prefix + "takeovers";
  }

  /**
   * Every topic, ready to be created.
   *
   * @param partitions of the topics that carry traffic
   * @param replication factor of all topics
   */
  public List<NewTopic> all(int partitions, short replication) {
    List<NewTopic> topics = new ArrayList<>();
    for (String name :
        List.of(
            transactions(),
            features(),
            predictions(),
            alerts(),
            shadowScores(),
            labels(),
            feedback(),
            ledgerEvents(),
            secondaryEvents())) {
      topics.add(new NewTopic(name, partitions, replication).configs(retained()));
    }
    topics.add(new NewTopic(modelCandidates(), 1, replication).configs(retained()));
    topics.add(new NewTopic(driftEvents(), 1, replication).configs(retained()));
    topics.add(new NewTopic(deadLetters(), 1, replication).configs(retained()));
    topics.add(new NewTopic(models(), 1, replication).configs(compacted()));
    topics.add(new NewTopic(takeovers(), 1, replication).configs(compacted()));
    return topics;
  }

  private static Map<String, String> retained() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG,
        String.valueOf(STREAM_RETENTION.toMillis()));
  }

  private static Map<String, String> compacted() {
    return Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
  }
}
