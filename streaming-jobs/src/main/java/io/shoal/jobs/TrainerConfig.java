package io.shoal.jobs;

import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.KernelChoice;
import io.shoal.schemas.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
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

  /** Half-life of what was learned. */
  public static final String MODEL_HALF_LIFE = "model.half.life";

  /** Seed of the model's random choices. */
  public static final String MODEL_SEED = "model.seed";

  /** Assignment kernel. */
  public static final String MODEL_KERNEL = "model.kernel";

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

  /** Time between two checkpoints. */
  public static final String CHECKPOINT_INTERVAL_MS = "checkpoint.interval.ms";

  /** Where checkpoints lie. */
  public static final String CHECKPOINT_DIR = "checkpoint.dir";

  /** Parallel readers of the features topic. */
  public static final String SOURCE_PARALLELISM = "source.parallelism";

  /** Where a job without checkpoint starts to read. */
  public static final String START_FROM = "start.from";

  /** Model that a job without checkpoint goes on from. */
  public static final String START_MODEL = "start.model";

  /** First part of transactional ids. */
  public static final String TRANSACTIONAL_ID_PREFIX = "transactional.id.prefix";

  /** How long the broker keeps an open transaction. */
  public static final String TRANSACTION_TIMEOUT_MS = "transaction.timeout.ms";

  private static final String EARLIEST = "earliest";

  /** Every option: type, default, bound, unit and description. */
  public static ConfigDef options() {
    ConfigDef options = pipelineOptions(Topics.prefixValidator());
    defineConnections(options);
    defineModel(options);
    defineCadence(options);
    defineRuntime(options);
    return options;
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
    projection();
    checkpointDir();
  }

  private static void defineConnections(ConfigDef options) {
    options
        .define(
            TRANSACTIONAL_ID_PREFIX,
            Type.STRING,
            "shoal-trainer",
            new NonEmptyString(),
            Importance.LOW,
            "Kafka transactional ids and the consumer group start with this; topic prefix and model"
                + " name follow. Keep it for as long as a job's checkpoints are used.")
        .define(
            TRANSACTION_TIMEOUT_MS,
            Type.INT,
            600_000,
            between(60_000, 900_000),
            Importance.LOW,
            "Milliseconds after which brokers abort an open transaction. Longer than the job may be"
                + " away between a crash and its restart, and no longer than the brokers'"
                + " transaction.max.timeout.ms (15 minutes by default).")
        .define(
            START_FROM,
            Type.STRING,
            EARLIEST,
            ValidString.in(EARLIEST, "latest"),
            Importance.MEDIUM,
            "Where a job without checkpoint starts to read: earliest or latest.")
        .define(
            START_MODEL,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "Model that a job without checkpoint goes on from: a file of shoal train, such as"
                + " /var/lib/shoal/model.avro, or a version of the model registry, such as"
                + " http://localhost:8090/default@champion or http://localhost:8090/default/12."
                + " Without it the first centres come from the stream, by k-means++.");
  }

  private static void defineModel(ConfigDef options) {
    options
        .define(
            MODEL_NAME,
            Type.STRING,
            "default",
            new NonEmptyString(),
            Importance.HIGH,
            "Name of the model; the key of its candidates.")
        .define(
            MODEL_K,
            Type.INT,
            64,
            between(1, 4096),
            Importance.HIGH,
            "Number of clusters. More clusters see finer kinds of normal, and need more traffic.")
        .define(
            FEATURES_FILE,
            Type.STRING,
            "",
            Importance.HIGH,
            "YAML file of the feature set (docs/features.md), the same as the sidecar's; empty: the"
                + " card transactions of the demo.")
        .define(
            MODEL_FEATURES,
            Type.LIST,
            null,
            Importance.MEDIUM,
            "Features that the model learns from, by name, out of the feature set; by default those"
                + " that the set names.")
        .define(
            MODEL_HALF_LIFE,
            Type.STRING,
            "7d",
            Importance.HIGH,
            "Event time after which what was learned counts half, such as 12h or 7d; none: never"
                + " forget.")
        .define(
            MODEL_SEED,
            Type.LONG,
            1L,
            Importance.LOW,
            "Seed of the model's random choices; part of each version's provenance.")
        .define(
            MODEL_KERNEL,
            Type.STRING,
            "auto",
            Importance.MEDIUM,
            "Kernel that assigns points to clusters: auto, scalar, simd or opencl. One that is named"
                + " and cannot be loaded stops the job.");
  }

  private static void defineCadence(ConfigDef options) {
    options
        .define(
            BATCH_SIZE,
            Type.INT,
            1024,
            between(1, 65_536),
            Importance.MEDIUM,
            "Points in a mini-batch.")
        .define(
            BATCH_INTERVAL_MS,
            Type.INT,
            200,
            between(2, 60_000),
            Importance.MEDIUM,
            "Milliseconds that a point waits at most for its mini-batch to fill.")
        .define(
            PUBLISH_INTERVAL_MS,
            Type.INT,
            1_000,
            between(1, 86_400_000),
            Importance.MEDIUM,
            "Milliseconds between two versions at least.")
        .define(
            PUBLISH_BATCHES,
            Type.INT,
            1,
            between(1, 1_000_000),
            Importance.MEDIUM,
            "Mini-batches between two versions at least, unless a centre has moved by more than"
                + " publish.movement.")
        .define(
            PUBLISH_MOVEMENT,
            Type.DOUBLE,
            0.5,
            between(0, 1e6),
            Importance.MEDIUM,
            "Movement of a centre since the last version, in standard deviations, past which the"
                + " next one comes without waiting for publish.batches; publish.interval.ms holds"
                + " all the same.");
  }

  private static void defineRuntime(ConfigDef options) {
    options
        .define(
            CHECKPOINT_INTERVAL_MS,
            Type.INT,
            1_000,
            between(100, 3_600_000),
            Importance.MEDIUM,
            "Milliseconds between two checkpoints. A version becomes visible with the checkpoint"
                + " after it. Each checkpoint takes a transactional id, which brokers remember for"
                + " transactional.id.expiration.ms (7 days by default).")
        .define(
            CHECKPOINT_DIR,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "URI of the folder for checkpoints, such as file:///var/lib/shoal/checkpoints; without"
                + " it the Flink cluster's own setting holds.")
        .define(
            SOURCE_PARALLELISM,
            Type.INT,
            1,
            between(1, 256),
            Importance.MEDIUM,
            "Parallel readers of the features topic; more than it has partitions are idle.");
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

  /** Time between two checkpoints, milliseconds. */
  public int checkpointIntervalMs() {
    return getInt(CHECKPOINT_INTERVAL_MS);
  }

  /** Where checkpoints lie; empty: where the Flink cluster says. */
  public Optional<URI> checkpointDir() {
    return Optional.ofNullable(getString(CHECKPOINT_DIR)).map(TrainerConfig::uri);
  }

  /** Parallel readers of the features topic. */
  public int sourceParallelism() {
    return getInt(SOURCE_PARALLELISM);
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

  /** Takes the model's features out of whole vectors. */
  Projection projection() {
    List<String> features = modelFeatures();
    if (features.isEmpty() || features.size() != Set.copyOf(features).size()) {
      throw new ConfigException(
          MODEL_FEATURES + "=" + features + ": name at least one feature, and each only once");
    }
    try {
      return Projection.of(featureSet(), features);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(MODEL_FEATURES + ": " + e.getMessage(), e);
    }
  }

  private static URI uri(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException(CHECKPOINT_DIR + "=" + text + " is no URI: " + e.getMessage(), e);
    }
    throw new ConfigException(
        CHECKPOINT_DIR + "=" + text + " has no scheme; write it as file:///path/to/folder");
  }
}
