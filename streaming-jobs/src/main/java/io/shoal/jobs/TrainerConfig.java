package io.shoal.jobs;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.KernelChoice;
import io.shoal.registry.client.ColumnNames;
import io.shoal.schemas.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** The configuration of the training job. */
public final class TrainerConfig extends ServiceConfig {
  /** Name of the model. */
  public static final String MODEL_NAME = "model.name";

  /** Number of clusters. */
  public static final String MODEL_K = "model.k";

  /** The feature set. */
  public static final String FEATURES_FILE = "features.file";

  /** Features that the model uses. */
  public static final String MODEL_FEATURES = "model.features";

  /** A topic of the user's own vectors. */
  public static final String VECTORS_TOPIC = "vectors.topic";

  /** Field of the user's records that holds all values. */
  public static final String VECTORS_ARRAY = "vectors.array";

  /** Field of the user's records that holds the event time. */
  public static final String VECTORS_EVENT_TIME = "vectors.event.time";

  /** What a model of its own belongs to. */
  public static final String MODEL_SEGMENT = "model.segment";

  /** Most segments. */
  public static final String MODEL_SEGMENTS_MAX = "model.segments.max";

  /** Half-life of what was learned. */
  public static final String MODEL_HALF_LIFE = "model.half.life";

  /** Seed of the model's random choices. */
  public static final String MODEL_SEED = "model.seed";

  /** Assignment kernel. */
  public static final String MODEL_KERNEL = "model.kernel";

  /** Threads of the kernel. */
  public static final String MODEL_KERNEL_THREADS = "model.kernel.threads";

  /** Points in a mini-batch. */
  public static final String BATCH_SIZE = "batch.size";

  /** Longest wait of a point for its mini-batch. */
  public static final String BATCH_INTERVAL_MS = "batch.interval.ms";

  /** Shortest time between two versions. */
  public static final String PUBLISH_INTERVAL_MS = "publish.interval.ms";

  /** Fewest mini-batches between two versions. */
  public static final String PUBLISH_BATCHES = "publish.batches";

  /** Movement of a centre past which a version need not wait for its mini-batches. */
  public static final String PUBLISH_MOVEMENT = "publish.movement";

  /** Shift of the clusters' shares that is drift. */
  public static final String DRIFT_SHIFT = "drift.shift";

  /** Events without drift after which an alarm is over. */
  public static final String DRIFT_CLEAR_EVENTS = "drift.clear.events";

  /** What an alarm does to the half-life. */
  public static final String DRIFT_FORGET_FACTOR = "drift.forget.factor";

  /** Time between two checkpoints. */
  public static final String CHECKPOINT_INTERVAL_MS = "checkpoint.interval.ms";

  /** Longest wait before a restart. */
  public static final String RESTART_DELAY_MAX_MS = "restart.delay.max.ms";

  /** Where checkpoints lie. */
  public static final String CHECKPOINT_DIR = "checkpoint.dir";

  /** Where the metrics of a job in one JVM are read. */
  public static final String METRICS_PORT = "metrics.port";

  /** Parallel readers of the features topic. */
  public static final String SOURCE_PARALLELISM = "source.parallelism";

  /** Silence of a partition that lets the watermark go on without it. */
  public static final String SOURCE_IDLE_MS = "source.idle.ms";

  /** Where a job without checkpoint starts to read. */
  public static final String START_FROM = "start.from";

  /** Model that a job without checkpoint goes on from. */
  public static final String START_MODEL = "start.model";

  /** First part of transactional ids. */
  public static final String TRANSACTIONAL_ID_PREFIX = "transactional.id.prefix";

  /** How long the broker keeps an open transaction. */
  public static final String TRANSACTION_TIMEOUT_MS = "transaction.timeout.ms";

  static final String EARLIEST = "earliest";

  /** Every option: type, default, bound, unit and description. */
  public static ConfigDef options() {
    return TrainerOptions.define(pipelineOptions(Topics.prefixValidator()));
  }

  /**
   * Reads and checks the values.
   *
   * @throws ConfigException when a key is unknown, a value is missing, of the wrong type or out of
   *     bounds
   */
  public TrainerConfig(Map<String, String> values) {
    super(options(), values);
    halfLife();
    kernel();
    TrainerChecks.ownVectors(this);
    projection();
    segmentPosition();
    checkpointDir();
  }

  /** Brokers, {@code host:port,...}. */
  public String bootstrapServers() {
    return getString(BOOTSTRAP_SERVERS);
  }

  /** Base URL of the schema registry. */
  public String schemaRegistryUrl() {
    return getString(SCHEMA_REGISTRY_URL);
  }

  /** Topics of the pipeline. */
  public Topics topics() {
    return new Topics(getString(TOPIC_PREFIX));
  }

  /** Name of the model. */
  public String modelName() {
    return getString(MODEL_NAME);
  }

  /** Number of clusters. */
  public int k() {
    return getInt(MODEL_K);
  }

  /** Names of the features that the model uses, {@code [d]}. */
  public List<String> modelFeatures() {
    @Nullable List<String> chosen = getList(MODEL_FEATURES);
    return chosen == null ? featureSet().modelFeatures() : List.copyOf(chosen);
  }

  /** The topic that points come from. */
  public String pointsTopic() {
    @Nullable String own = getString(VECTORS_TOPIC);
    return own == null ? topics().features() : own;
  }

  /** How points stand in the records of the user's own topic; empty: they are of a feature set. */
  Optional<RecordLayout> ownVectors() {
    if (getString(VECTORS_TOPIC) == null) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordLayout(
            modelFeatures(),
            getString(VECTORS_ARRAY),
            getString(VECTORS_EVENT_TIME),
            getString(MODEL_SEGMENT)));
  }

  /** Tells the vectors that the model learns from from others. */
  public String fingerprint() {
    return ownVectors()
        .map(layout -> ColumnNames.fingerprint(layout.features()))
        .orElseGet(() -> featureSet().fingerprint());
  }

  /** Differences that mean nothing, by feature, {@code [d]}; empty where none are declared. */
  List<Float> resolutions() {
    return ownVectors().isPresent() ? List.of() : featureSet().resolutionsOf(modelFeatures());
  }

  /** How points stand in {@link #pointsTopic()}. */
  PointFormat<FeaturePoint> pointFormat() {
    Optional<RecordLayout> own = ownVectors();
    return own.isPresent()
        ? new OwnRecords(own.get())
        : new FeatureVectors(projection(), featureSet().names(), segmentPosition());
  }

  /** How labels stand in their topic. */
  PointFormat<LabelledPoint> labelFormat() {
    return new FeedbackVectors(projection(), segmentPosition());
  }

  /** Whether each segment has a model of its own, beside the one of all. */
  boolean segmented() {
    return getString(MODEL_SEGMENT) != null;
  }

  /** Most segments of which one task holds models. */
  int segmentsMax() {
    return getInt(MODEL_SEGMENTS_MAX);
  }

  /**
   * Where the name of its segment stands in a vector; -1 where it does not: there are no segments,
   * or it is a field of the user's records beside the values.
   */
  private int segmentPosition() {
    @Nullable String segment = getString(MODEL_SEGMENT);
    if (segment == null) {
      return -1;
    }
    if (ownVectors().isPresent()) {
      return modelFeatures().indexOf(segment);
    }
    try {
      return featureSet().indexesOf(List.of(segment))[0];
    } catch (IllegalArgumentException e) {
      throw new ConfigException(MODEL_SEGMENT + ": " + e.getMessage(), e);
    }
  }

  /**
   * The feature set.
   *
   * @throws ConfigException with one line for each thing that is wrong in its file
   */
  public FeatureSet featureSet() {
    String file = getString(FEATURES_FILE);
    return file.isEmpty() ? FeatureSet.cardTransactions() : FeatureSet.load(Path.of(file));
  }

  /** Event time after which what was learned counts half; empty: never. */
  public Optional<Duration> halfLife() {
    String text = getString(MODEL_HALF_LIFE);
    return text.strip().equalsIgnoreCase("none")
        ? Optional.empty()
        : Optional.of(Durations.parse(MODEL_HALF_LIFE, text));
  }

  /** Seed of the model's random choices. */
  public long seed() {
    return getLong(MODEL_SEED);
  }

  /** Wanted assignment kernel. */
  public KernelChoice kernel() {
    try {
      return KernelChoice.parse(getString(MODEL_KERNEL));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(MODEL_KERNEL + ": " + e.getMessage(), e);
    }
  }

  /** Threads of the kernel. */
  public int kernelThreads() {
    return getInt(MODEL_KERNEL_THREADS);
  }

  /** Points in a mini-batch. */
  public int batchSize() {
    return getInt(BATCH_SIZE);
  }

  /** Longest wait of a point for its mini-batch, milliseconds. */
  public int batchIntervalMs() {
    return getInt(BATCH_INTERVAL_MS);
  }

  /** Shortest time between two versions, milliseconds. */
  public int publishIntervalMs() {
    return getInt(PUBLISH_INTERVAL_MS);
  }

  /** Fewest mini-batches between two versions. */
  public int publishBatches() {
    return getInt(PUBLISH_BATCHES);
  }

  /** Movement of a centre, in standard deviations, past which a version does not wait. */
  public double publishMovement() {
    return getDouble(PUBLISH_MOVEMENT);
  }

  /** Population stability index of the clusters' shares that is an alarm. */
  public double driftShift() {
    return getDouble(DRIFT_SHIFT);
  }

  /** Events without drift after which an alarm is over. */
  public long driftClearEvents() {
    return getLong(DRIFT_CLEAR_EVENTS);
  }

  /** By which the half-life is divided while an alarm stands; 1: alarms are only told. */
  public double driftForgetFactor() {
    return getDouble(DRIFT_FORGET_FACTOR);
  }

  /** Time between two checkpoints, milliseconds. */
  public int checkpointIntervalMs() {
    return getInt(CHECKPOINT_INTERVAL_MS);
  }

  /** Longest wait before a restart, milliseconds. */
  public int restartDelayMaxMs() {
    return getInt(RESTART_DELAY_MAX_MS);
  }

  /** Where checkpoints lie; empty: where the Flink cluster says. */
  public Optional<URI> checkpointDir() {
    return Optional.ofNullable(getString(CHECKPOINT_DIR)).map(TrainerChecks::checkpointDir);
  }

  /** Port on which a job in one JVM tells its metrics; empty for none. */
  public OptionalInt metricsPort() {
    int port = getInt(METRICS_PORT);
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** Parallel readers of the features topic. */
  public int sourceParallelism() {
    return getInt(SOURCE_PARALLELISM);
  }

  /** Silence of a partition after which the watermark goes on without it, milliseconds. */
  public int sourceIdleMs() {
    return getInt(SOURCE_IDLE_MS);
  }

  /** Whether a job without checkpoint reads what is already in the topics. */
  public boolean startFromEarliest() {
    return getString(START_FROM).equals(EARLIEST);
  }

  /** Model that a job without checkpoint goes on from, a file or a version; empty: none. */
  public Optional<String> startModel() {
    return Optional.ofNullable(getString(START_MODEL));
  }

  /** How long brokers keep an open transaction, milliseconds. */
  public int transactionTimeoutMs() {
    return getInt(TRANSACTION_TIMEOUT_MS);
  }

  /** Name of this job among all: start of its transactional ids, and its consumer group. */
  public String jobName() {
    return getString(TRANSACTIONAL_ID_PREFIX) + "-" + getString(TOPIC_PREFIX) + modelName();
  }

  /** Settings for Kafka clients. */
  Properties kafkaProperties() {
    Properties properties = new Properties();
    kafkaSettings().forEach((key, value) -> properties.setProperty(key, String.valueOf(value)));
    return properties;
  }

  /** Takes the model's features out of whole vectors; those of own topics hold nothing else. */
  Projection projection() {
    List<String> features = modelFeatures();
    if (features.isEmpty() || features.size() != Set.copyOf(features).size()) {
      throw new ConfigException(
          MODEL_FEATURES + "=" + features + ": name at least one feature, and each only once");
    }
    if (ownVectors().isPresent()) {
      return new Projection(
          fingerprint(), features.size(), IntStream.range(0, features.size()).toArray());
    }
    try {
      return Projection.of(featureSet(), features);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(MODEL_FEATURES + ": " + e.getMessage(), e);
    }
  }
}
