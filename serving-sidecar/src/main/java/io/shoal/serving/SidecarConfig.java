package io.shoal.serving;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.registry.client.ModelSignature;
import io.shoal.schemas.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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

  /** Address of the HTTP endpoint. */
  public static final String HTTP_HOST = "http.host";

  /** Port of the HTTP endpoint. */
  public static final String HTTP_PORT = "http.port";

  /** Where other instances reach it. */
  public static final String HTTP_ADVERTISED_HOST = "http.advertised.host";

  /** The feature set. */
  public static final String FEATURES_FILE = "features.file";

  /** How producers choose the partition of a source record. */
  public static final String SOURCE_PARTITIONER = "source.partitioner";

  /** Share of entities whose vectors are recomputed. */
  public static final String SKEW_SAMPLE = "skew.sample";

  /** Raw events that are kept for it. */
  public static final String SKEW_EVENTS = "skew.events";

  /** First record that is predicted. */
  public static final String SCORE_FROM = "score.from";

  /** Time for all to learn of a takeover. */
  public static final String TAKEOVER_NOTICE_MS = "takeover.notice.ms";

  /** First record that is predicted no more. */
  public static final String SCORE_UNTIL = "score.until";

  /** Which model scores. */
  public static final String MODEL_NAME = "model.name";

  /** Under which alias. */
  public static final String MODEL_ALIAS = "model.alias";

  /** Which versions decide for a share of the entities. */
  public static final String MODEL_CANARIES = "model.canaries";

  /** Which scores of the shadow are logged. */
  public static final String SHADOW_LOG = "shadow.log";

  /** What is at stake in a transaction. */
  public static final String STAKE_FIELD = "stake.field";

  /** Most requests that wait for a thread. */
  public static final String HTTP_QUEUE = "http.queue";

  /** Whose signatures a version needs. */
  public static final String MODEL_SIGNATURE_KEYS = "model.signature.keys";

  /** Share of traffic to review. */
  public static final String REVIEW_SHARE = "review.share";

  /** Risk from which on to review. */
  public static final String REVIEW_RISK = "review.risk";

  /** How many reviews a day. */
  public static final String REVIEW_ALERTS_PER_DAY = "review.alerts.per.day";

  /** How long labels take. */
  public static final String LABEL_MATURITY_DAYS = "label.maturity.days";

  /** Copies of the states on other instances. */
  public static final String STANDBY_REPLICAS = "standby.replicas";

  /** How long what was scored waits for its label. */
  public static final String LEDGER_RETENTION_DAYS = "ledger.retention.days";

  /** How long a label waits for its transaction. */
  public static final String LABEL_WAIT_MINUTES = "label.wait.minutes";

  private static final String CAUGHT_UP = "caught-up";
  private static final String MURMUR2 = "murmur2";
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
              "Milliseconds between commits. With exactly_once_v2 predictions become visible at a commit, so it is most of the latency. With at_least_once it bounds what is predicted twice after a crash. The ledger and the states of other entities learn of a transaction at the latest at a commit.")
          .define(
              THREADS,
              Type.INT,
              2,
              Range.between(1, THREADS_MAX),
              Importance.MEDIUM,
              "Threads that score: while one waits for its commit, another works. More than the cores"
                  + " left by the broker and the trainer do not help.")
          .define(
              ROCKSDB_MEMORY_MB,
              Type.INT,
              128,
              Range.between(16, 1_000_000),
              Importance.LOW,
              "MiB of memory for RocksDB's block cache and write buffers of all stores together.")
          .define(
              HTTP_HOST,
              Type.STRING,
              "127.0.0.1",
              Importance.MEDIUM,
              "Address on which features are served (docs/features.md). There is no authentication yet: leave it on loopback or put it behind a proxy that has.")
          .define(
              HTTP_PORT,
              Type.INT,
              8091,
              Range.between(0, 65_535),
              Importance.MEDIUM,
              "Port on which features are served; 0 takes a free one.")
          .define(
              HTTP_ADVERTISED_HOST,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Name or address under which the other sidecars of the same application.id reach that port; empty: http.host.")
          .define(
              FEATURES_FILE,
              Type.STRING,
              "",
              Importance.HIGH,
              "YAML file of the feature set (docs/features.md), which also names the source topic; empty: the card transactions of the demo. The trainer needs the same.")
          .define(
              SOURCE_PARTITIONER,
              Type.STRING,
              MURMUR2,
              ValidString.in(MURMUR2, "other"),
              Importance.MEDIUM,
              "How producers choose partitions of the source topic by the key: murmur2, as Kafka's own client does (librdkafka: partitioner=murmur2_random), or other. With murmur2 a request for features goes to the one sidecar that owns the key; with other a sidecar that does not know a key asks all of them.")
          .define(
              SKEW_SAMPLE,
              Type.DOUBLE,
              0.001,
              Range.between(0.0, 1.0),
              Importance.LOW,
              "Share of entities whose raw events are kept and whose features are recomputed from them, to measure skew (docs/features.md): 0.001 is one in a thousand; 0 turns it off.")
          .define(
              SKEW_EVENTS,
              Type.INT,
              256,
              Range.between(1, 10_000),
              Importance.LOW,
              "Raw events that are kept of each of these entities; windows that reach back beyond them are not checked.")
          .define(
              SCORE_FROM,
              Type.STRING,
              "",
              timeOr(CAUGHT_UP),
              Importance.LOW,
              "Records sent before this time only build up states and vectors; the sidecar before makes their predictions. caught-up: from when this one has read its topics to their ends and has a model, which it announces to all (docs/features.md). Empty: all are predicted.")
          .define(
              TAKEOVER_NOTICE_MS,
              Type.LONG,
              10_000L,
              Range.between(100, 3_600_000),
              Importance.LOW,
              "Milliseconds between the announcement of a takeover and its time: longer than it takes to reach every sidecar.")
          .define(
              SCORE_UNTIL,
              Type.STRING,
              "",
              time(),
              Importance.LOW,
              "Records sent at this time or later get no prediction here; the sidecar that follows has it as its score.from. Empty: until another takes over.")
          .define(
              MODEL_NAME, Type.STRING, "default", Importance.HIGH, "Name of the model that scores.")
          .define(
              MODEL_ALIAS,
              Type.STRING,
              "champion",
              Importance.MEDIUM,
              "Alias of the version that scores; the registry moves it.")
          .define(
              MODEL_CANARIES,
              Type.LIST,
              "canary:0.05",
              CanaryShares.validator(),
              Importance.MEDIUM,
              "Aliases whose versions decide for a share of the entities, as alias:share. An entity stays with its share, whichever versions come and go; while the alias names no version, the champion decides.")
          .define(
              SHADOW_LOG,
              Type.STRING,
              "flips",
              ValidString.in("flips", "all", "none"),
              Importance.LOW,
              "Which scores of versions that do not decide (the alias challenger, and those that start with challenger-) go to shadow-scores: those that would flip the decision, all, or none.")
          .define(
              STAKE_FIELD,
              Type.STRING,
              "amount",
              Importance.LOW,
              "Numeric field of the source that says what is at stake in a transaction; it is summed over the decisions that a challenger would flip.")
          .define(
              HTTP_QUEUE,
              Type.INT,
              1_000,
              Range.between(1, 1_000_000),
              Importance.LOW,
              "Most requests (scoring of whole transactions, large batches) that wait for a thread; more are answered with 503 and Retry-After.")
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
              REVIEW_ALERTS_PER_DAY,
              Type.INT,
              0,
              Range.between(0, 100_000_000),
              Importance.HIGH,
              "How many transactions a day (of event time) shall get the decision REVIEW, over all sidecars: the thresholds follow the traffic, the highest risks (from review.risk on) come first, then the highest scores. 0: review.share and review.risk decide.")
          .define(
              LABEL_MATURITY_DAYS,
              Type.INT,
              7,
              Range.between(0, YEAR_DAYS),
              Importance.LOW,
              "Days of event time in which labels come in. Older transactions count for the grades of the versions (/v1/grades), those without a label as legitimate.")
          .define(
              STANDBY_REPLICAS,
              Type.INT,
              0,
              Range.between(0, 10),
              Importance.MEDIUM,
              "Copies of each local state that other sidecars of the same application.id keep up to date: with one, another takes over at once when a sidecar is lost, and need not read the state back first.")
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

  /** Which scores a person should look at. */
  ReviewPolicy reviewPolicy() {
    return new ReviewPolicy(getDouble(REVIEW_SHARE), getDouble(REVIEW_RISK));
  }

  /** Which entities are the canaries'. */
  CanaryShares canaries() {
    return CanaryShares.parse(getList(MODEL_CANARIES));
  }

  /** Which scores of the shadow are logged. */
  ShadowScorer.ShadowLog shadowLog() {
    return ShadowScorer.ShadowLog.valueOf(getString(SHADOW_LOG).toUpperCase(Locale.ROOT));
  }

  /** Which records are predicted. */
  ScoringPeriod scoring() {
    String from = getString(SCORE_FROM);
    String until = getString(SCORE_UNTIL);
    long fromMs = Long.MIN_VALUE;
    if (takesOver()) {
      fromMs = Long.MAX_VALUE;
    } else if (!from.isEmpty()) {
      fromMs = Instant.parse(from).toEpochMilli();
    }
    return new ScoringPeriod(
        application(),
        fromMs,
        until.isEmpty() ? Long.MAX_VALUE : Instant.parse(until).toEpochMilli());
  }

  /** The application, which is the consumer group too. */
  String application() {
    return getString(TOPIC_PREFIX) + getString(APPLICATION_ID);
  }

  /** Else at least once. */
  boolean isExactlyOnce() {
    return getString(PROCESSING_GUARANTEE).equals(StreamsConfig.EXACTLY_ONCE_V2);
  }

  /** Whether it predicts once it has caught up, in the place of those that did before. */
  boolean takesOver() {
    return getString(SCORE_FROM).equals(CAUGHT_UP);
  }

  /** Between the announcement of a takeover and its time. */
  Duration takeoverNotice() {
    return Duration.ofMillis(getLong(TAKEOVER_NOTICE_MS));
  }

  private static ConfigDef.Validator timeOr(String word) {
    return ConfigDef.LambdaValidator.with(
        (option, value) -> {
          if (!value.equals(word)) {
            time().ensureValid(option, value);
          }
        },
        () -> "ISO-8601, UTC, or " + word);
  }

  private static ConfigDef.Validator time() {
    return ConfigDef.LambdaValidator.with(
        (option, value) -> {
          try {
            if (!String.valueOf(value).isEmpty()) {
              Instant.parse(String.valueOf(value));
            }
          } catch (DateTimeException e) {
            throw new org.apache.kafka.common.config.ConfigException(
                option, value, "no time such as 2024-05-06T10:00:00Z");
          }
        },
        () -> "ISO-8601, UTC");
  }

  /** How skew is measured. */
  SkewMeter.Settings skew(SkewReport report) {
    return new SkewMeter.Settings(getDouble(SKEW_SAMPLE), getInt(SKEW_EVENTS), report);
  }

  /** Whether a key's partition is Kafka's own hash of it. */
  boolean isPartitionedByKey() {
    return getString(SOURCE_PARTITIONER).equals(MURMUR2);
  }

  /** Where features are served. */
  InetSocketAddress httpAddress() {
    return new InetSocketAddress(getString(HTTP_HOST), getInt(HTTP_PORT));
  }

  /** The host that other instances are told. */
  String advertisedHost() {
    String advertised = getString(HTTP_ADVERTISED_HOST);
    return advertised.isEmpty() ? getString(HTTP_HOST) : advertised;
  }

  /**
   * The feature set.
   *
   * @throws io.shoal.config.ConfigException with one line for each thing that is wrong in its file
   */
  public FeatureSet features() {
    String file = getString(FEATURES_FILE);
    return file.isEmpty() ? FeatureSet.cardTransactions() : FeatureSet.load(Path.of(file));
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

  /** The thresholds of this instance. */
  ReviewBoard reviews() {
    return new ReviewBoard(reviewPolicy(), getInt(REVIEW_ALERTS_PER_DAY));
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
