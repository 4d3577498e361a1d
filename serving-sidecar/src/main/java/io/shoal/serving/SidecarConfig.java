package io.shoal.serving;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.registry.client.ModelSignature;
import io.shoal.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.streams.StreamsConfig;

/** The options of the serving sidecar. */
public final class SidecarConfig extends ServiceConfig {
  /** Partitions of topics that the sidecar creates. */
  public static final String TOPIC_PARTITIONS = "topic.partitions";

  /** Replication factor of topics that the sidecar creates. */
  public static final String TOPIC_REPLICATION = "topic.replication";

  /** Identity of the group of sidecars that share the work. */
  public static final String APPLICATION_ID = "application.id";

  /** Folder of the local state. */
  public static final String STATE_DIR = "state.dir";

  /** Delivery guarantee. */
  public static final String PROCESSING_GUARANTEE = "processing.guarantee";

  /** Time between commits. */
  public static final String COMMIT_INTERVAL_MS = "commit.interval.ms";

  /** Threads that score. */
  public static final String THREADS = "threads";

  /** Memory of RocksDB. */
  public static final String ROCKSDB_MEMORY_MB = "rocksdb.memory.mb";

  /** Which model scores. */
  public static final String MODEL_NAME = "model.name";

  /** Under which alias. */
  public static final String MODEL_ALIAS = "model.alias";

  /** Whose signatures a version needs. */
  public static final String MODEL_SIGNATURE_KEYS = "model.signature.keys";

  /** Share of traffic to review. */
  public static final String REVIEW_SHARE = "review.share";

  /** Risk from which on to review. */
  public static final String REVIEW_RISK = "review.risk";

  /** How long what was scored waits for its label. */
  public static final String LEDGER_RETENTION_DAYS = "ledger.retention.days";

  /** How long a label waits for its transaction. */
  public static final String LABEL_WAIT_MINUTES = "label.wait.minutes";

  private static final int THREADS_MAX = 64;
  private static final int YEAR_DAYS = 366;

  /** All options: type, default, bound and description. */
  public static final ConfigDef OPTIONS =
      pipelineOptions(Topics.prefixValidator())
          .define(
              TOPIC_PARTITIONS,
              Type.INT,
              4,
              Range.between(1, 10_000),
              Importance.MEDIUM,
              "Partitions of the topics that the sidecar creates where they are missing: the most sidecar threads that can share the work.")
          .define(
              TOPIC_REPLICATION,
              Type.SHORT,
              (short) -1,
              Range.between(-1, 100),
              Importance.MEDIUM,
              "Replication factor of the topics that the sidecar creates; -1 takes the brokers' default.")
          .define(
              APPLICATION_ID,
              Type.STRING,
              "shoal-sidecar",
              Importance.HIGH,
              "Sidecars with the same id share the work; also the consumer group and the prefix of internal topics.")
          .define(
              STATE_DIR,
              Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              Importance.HIGH,
              "Folder of the local state (RocksDB). Losing it costs a restoration from Kafka, no data.")
          .define(
              PROCESSING_GUARANTEE,
              Type.STRING,
              StreamsConfig.EXACTLY_ONCE_V2,
              ValidString.in(StreamsConfig.EXACTLY_ONCE_V2, StreamsConfig.AT_LEAST_ONCE),
              Importance.MEDIUM,
              "exactly_once_v2: one prediction per transaction for read_committed consumers, whatever fails. at_least_once: lower latency, duplicates after a crash.")
          .define(
              COMMIT_INTERVAL_MS,
              Type.LONG,
              100L,
              Range.between(1, 60_000),
              Importance.MEDIUM,
              "Milliseconds between commits. With exactly_once_v2 it bounds the latency: predictions become visible at a commit.")
          .define(
              THREADS,
              Type.INT,
              1,
              Range.between(1, THREADS_MAX),
              Importance.MEDIUM,
              "Threads that score. More than the cores left by the broker and the trainer do not help.")
          .define(
              ROCKSDB_MEMORY_MB,
              Type.INT,
              128,
              Range.between(16, 1_000_000),
              Importance.LOW,
              "MiB of memory for RocksDB's block cache and write buffers of all stores together.")
          .define(
              MODEL_NAME, Type.STRING, "default", Importance.HIGH, "Name of the model that scores.")
          .define(
              MODEL_ALIAS,
              Type.STRING,
              "champion",
              Importance.MEDIUM,
              "Alias of the version that scores; the registry moves it.")
          .define(
              MODEL_SIGNATURE_KEYS,
              Type.LIST,
              "",
              Importance.MEDIUM,
              "Files of Ed25519 public keys (PEM, X.509). With any, a version scores only when the registry signed its announcement with one of them (signing.key.file).")
          .define(
              REVIEW_SHARE,
              Type.DOUBLE,
              0.002,
              Range.between(0.0, 1.0),
              Importance.HIGH,
              "Share of traffic that gets the decision REVIEW for its score: 0.002 is two in a thousand.")
          .define(
              REVIEW_RISK,
              Type.DOUBLE,
              0.5,
              Range.between(0.0, 1.0),
              Importance.HIGH,
              "Risk (posterior probability of fraud, once labels came) from which on the decision is REVIEW.")
          .define(
              LEDGER_RETENTION_DAYS,
              Type.INT,
              90,
              Range.between(1, YEAR_DAYS),
              Importance.MEDIUM,
              "Days of event time for which what was scored waits for its label.")
          .define(
              LABEL_WAIT_MINUTES,
              Type.INT,
              60,
              Range.between(1, YEAR_DAYS * 24 * 60),
              Importance.LOW,
              "Minutes of wall-clock time for which a label waits for its transaction before it goes to the dead letters.");

  /**
   * Checks the values.
   *
   * @throws io.shoal.config.ConfigException when one is unknown, missing or out of bounds
   */
  public SidecarConfig(Map<String, String> values) {
    super(OPTIONS, values);
  }

  /** The pipeline's topics. */
  public Topics topics() {
    return new Topics(getString(TOPIC_PREFIX));
  }

  /**
   * Keys of which one must have signed a version; none where no signature is needed.
   *
   * @throws ConfigException when a file cannot be used
   */
  List<PublicKey> signatureKeys() {
    return getList(MODEL_SIGNATURE_KEYS).stream().map(SidecarConfig::key).toList();
  }

  private static PublicKey key(String file) {
    try {
      return ModelSignature.publicKey(Path.of(file));
    } catch (IOException e) {
      throw new ConfigException(
          MODEL_SIGNATURE_KEYS
              + ": "
              + file
              + ": "
              + e.getMessage()
              + "; 'openssl pkey -in KEY -pubout' writes one",
          e);
    }
  }

  /** How long what was scored waits for its label. */
  Duration ledgerRetention() {
    return Duration.ofDays(getInt(LEDGER_RETENTION_DAYS));
  }

  /** How long a label waits for its transaction. */
  Duration labelWait() {
    return Duration.ofMinutes(getInt(LABEL_WAIT_MINUTES));
  }
}
