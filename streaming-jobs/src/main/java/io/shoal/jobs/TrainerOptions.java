package io.shoal.jobs;

import static org.apache.kafka.common.config.ConfigDef.Range.between;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** What each option of {@link TrainerConfig} is: type, default, bound, unit and description. */
final class TrainerOptions {
  private TrainerOptions() {}

  static ConfigDef define(ConfigDef options) {
    defineConnections(options);
    defineVectors(options);
    defineModel(options);
    defineCadence(options);
    defineDrift(options);
    defineRuntime(options);
    return options;
  }

  private static void defineConnections(ConfigDef options) {
    options
        .define(
            TrainerConfig.TRANSACTIONAL_ID_PREFIX,
            Type.STRING,
            "shoal-trainer",
            new NonEmptyString(),
            Importance.LOW,
            "Kafka transactional ids and the consumer group start with this; topic prefix and model"
                + " name follow. Keep it for as long as a job's checkpoints are used.")
        .define(
            TrainerConfig.TRANSACTION_TIMEOUT_MS,
            Type.INT,
            600_000,
            between(60_000, 900_000),
            Importance.LOW,
            "Milliseconds after which brokers abort an open transaction. Longer than the job may be"
                + " away between a crash and its restart, and no longer than the brokers'"
                + " transaction.max.timeout.ms (15 minutes by default).")
        .define(
            TrainerConfig.START_FROM,
            Type.STRING,
            TrainerConfig.EARLIEST,
            ValidString.in(TrainerConfig.EARLIEST, "latest"),
            Importance.MEDIUM,
            "Where a job without checkpoint starts to read: earliest or latest.")
        .define(
            TrainerConfig.START_MODEL,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "Model that a job without checkpoint goes on from: a file of shoal train, such as"
                + " /var/lib/shoal/model.avro, or a version of the model registry, such as"
                + " http://localhost:8090/default@champion or http://localhost:8090/default/12."
                + " Without it the first centres come from the stream, by k-means++.");
  }

  private static void defineVectors(ConfigDef options) {
    options
        .define(
            TrainerConfig.VECTORS_TOPIC,
            Type.STRING,
            null,
            Importance.HIGH,
            "A topic of your own to learn from instead of the sidecar's features: Avro records of any"
                + " shape, in the Confluent wire format. The name is taken as it is, without"
                + " topic.prefix; model.features names what is learned.")
        .define(
            TrainerConfig.VECTORS_ARRAY,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "With vectors.topic: the field that holds a record's values as an array of numbers, such"
                + " as embedding; model.features then names the values in their order. Without it"
                + " the features are fields of the record, such as amount or card.age_days.")
        .define(
            TrainerConfig.VECTORS_EVENT_TIME,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "With vectors.topic: the field that holds the event time, a timestamp or milliseconds"
                + " since 1970. Without it the record's timestamp in Kafka is taken.");
  }

  private static void defineModel(ConfigDef options) {
    options
        .define(
            TrainerConfig.MODEL_NAME,
            Type.STRING,
            "default",
            new NonEmptyString(),
            Importance.HIGH,
            "Name of the model; the key of its candidates.")
        .define(
            TrainerConfig.MODEL_K,
            Type.INT,
            64,
            between(1, 4096),
            Importance.HIGH,
            "Number of clusters. More clusters see finer kinds of normal, and need more traffic.")
        .define(
            TrainerConfig.FEATURES_FILE,
            Type.STRING,
            "",
            Importance.HIGH,
            "YAML file of the feature set (docs/features.md), the same as the sidecar's; empty: the"
                + " card transactions of the demo.")
        .define(
            TrainerConfig.MODEL_FEATURES,
            Type.LIST,
            null,
            Importance.MEDIUM,
            "Features that the model learns from, by name, out of the feature set; by default those"
                + " that the set names.")
        .define(
            TrainerConfig.MODEL_SEGMENT,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "Gives each segment of the traffic a model of its own beside the one of all, named"
                + " model.name.SEGMENT: a feature of the set such as merchant_category, or with"
                + " vectors.topic a field of the records (a text, an enum or a whole number).")
        .define(
            TrainerConfig.MODEL_SEGMENTS_MAX,
            Type.INT,
            64,
            between(1, 1_000),
            Importance.LOW,
            "Segments that have a model of their own, at most, in each of source.parallelism tasks;"
                + " those that come later are learned by the model of all alone.")
        .define(
            TrainerConfig.MODEL_HALF_LIFE,
            Type.STRING,
            "7d",
            Importance.HIGH,
            "Event time after which what was learned counts half, such as 12h or 7d; none: never"
                + " forget.")
        .define(
            TrainerConfig.MODEL_SEED,
            Type.LONG,
            1L,
            Importance.LOW,
            "Seed of the model's random choices; part of each version's provenance.")
        .define(
            TrainerConfig.MODEL_KERNEL,
            Type.STRING,
            "auto",
            Importance.MEDIUM,
            "Kernel that assigns points to clusters: auto, scalar, simd or opencl. One that is named"
                + " and cannot be loaded stops the job.")
        .define(
            TrainerConfig.MODEL_KERNEL_THREADS,
            Type.INT,
            1,
            between(1, 256),
            Importance.MEDIUM,
            "Threads over which a large mini-batch is split. The model does not depend on it, bit for"
                + " bit; it pays from four million multiplications a batch (batch.size x k x d).");
  }

  private static void defineCadence(ConfigDef options) {
    options
        .define(
            TrainerConfig.BATCH_SIZE,
            Type.INT,
            1024,
            between(1, 65_536),
            Importance.MEDIUM,
            "Points in a mini-batch.")
        .define(
            TrainerConfig.BATCH_INTERVAL_MS,
            Type.INT,
            200,
            between(2, 60_000),
            Importance.MEDIUM,
            "Milliseconds that a point waits at most for its mini-batch to fill.")
        .define(
            TrainerConfig.PUBLISH_INTERVAL_MS,
            Type.INT,
            1_000,
            between(1, 86_400_000),
            Importance.MEDIUM,
            "Milliseconds between two versions at least.")
        .define(
            TrainerConfig.PUBLISH_BATCHES,
            Type.INT,
            1,
            between(1, 1_000_000),
            Importance.MEDIUM,
            "Mini-batches between two versions at least, unless a centre has moved by more than"
                + " publish.movement.")
        .define(
            TrainerConfig.PUBLISH_MOVEMENT,
            Type.DOUBLE,
            0.5,
            between(0, 1e6),
            Importance.MEDIUM,
            "Movement of a centre since the last version, in standard deviations, past which the"
                + " next one comes without waiting for publish.batches; publish.interval.ms holds"
                + " all the same.");
  }

  private static void defineDrift(ConfigDef options) {
    options
        .define(
            TrainerConfig.DRIFT_SHIFT,
            Type.DOUBLE,
            0.25,
            between(0.05, 100),
            Importance.MEDIUM,
            "Population stability index of the clusters' shares, newest window against those before,"
                + " past which the topic drift-events is told that the traffic has shifted.")
        .define(
            TrainerConfig.DRIFT_CLEAR_EVENTS,
            Type.LONG,
            20_000L,
            between(1_000, 1_000_000_000),
            Importance.LOW,
            "Events without further drift after which an alarm is over.")
        .define(
            TrainerConfig.DRIFT_FORGET_FACTOR,
            Type.DOUBLE,
            1.0,
            between(1, 1_000),
            Importance.MEDIUM,
            "By which model.half.life is divided while an alarm stands, so that the model follows"
                + " faster; 1: alarms are only told.");
  }

  private static void defineRuntime(ConfigDef options) {
    options
        .define(
            TrainerConfig.CHECKPOINT_INTERVAL_MS,
            Type.INT,
            1_000,
            between(100, 3_600_000),
            Importance.MEDIUM,
            "Milliseconds between two checkpoints. A version becomes visible with the checkpoint"
                + " after it. Each checkpoint takes a transactional id, which brokers remember for"
                + " transactional.id.expiration.ms (7 days by default).")
        .define(
            TrainerConfig.CHECKPOINT_DIR,
            Type.STRING,
            null,
            Importance.MEDIUM,
            "URI of the folder for checkpoints, such as file:///var/lib/shoal/checkpoints; without"
                + " it the Flink cluster's own setting holds.")
        .define(
            TrainerConfig.METRICS_PORT,
            Type.INT,
            0,
            between(0, 65_535),
            Importance.LOW,
            "Port of Prometheus metrics (/metrics, all addresses) where the job runs in one JVM; 0 for"
                + " none. A Flink cluster has a setting of its own for its reporters.")
        .define(
            TrainerConfig.RESTART_DELAY_MAX_MS,
            Type.INT,
            30_000,
            between(500, 600_000),
            Importance.LOW,
            "Milliseconds that the job waits at most before it starts again after a failure. The"
                + " first wait is half a second, each further one half as long again; a minute"
                + " without failure begins anew.")
        .define(
            TrainerConfig.SOURCE_PARALLELISM,
            Type.INT,
            1,
            between(1, 256),
            Importance.MEDIUM,
            "Parallel readers of the features topic; more than it has partitions are idle.")
        .define(
            TrainerConfig.SOURCE_IDLE_MS,
            Type.INT,
            10_000,
            between(100, 3_600_000),
            Importance.LOW,
            "Milliseconds without a record after which a partition no longer holds the watermark"
                + " back.");
  }
}
