package io.shoal.jobs;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.ModelVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.transformations.PhysicalTransformation;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The training job. Parallel sources read {@code features} and pack the points into blocks; one
 * trainer learns from the blocks and from the labels of {@code feedback}; what it makes goes to
 * {@code model-candidates} in transactions that commit with Flink's checkpoints, so that after a
 * crash no event counts twice and no version is lost or doubled.
 */
public final class TrainingJob {
  /** Flink spills a record of more than 5 MiB to disk on its way between tasks. */
  private static final int BLOCK_BYTES_MAX = 4 << 20;

  private static final long BUFFER_TIMEOUT_MS = 5;

  /**
   * Flink spreads keyed state over so many groups, so that more tasks are idle; part of the state.
   */
  private static final int SEGMENT_GROUPS = 256;

  private static final int POLL_RECORDS_MAX = 4_096;
  private static final Duration RESTART_DELAY = Duration.ofMillis(500);

  /** Flink's own hour would let a job that is killed now and then wait ever longer. */
  private static final Duration STABLE_AFTER = Duration.ofMinutes(1);

  private TrainingJob() {}

  /**
   * Runs the job in the environment that Flink gives: a cluster when submitted to one, this JVM
   * otherwise. Takes one argument, a properties file with the options of {@link TrainerConfig}.
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      throw new ConfigException("give one argument, the properties file of the training job");
    }
    TrainerConfig config = new TrainerConfig(ServiceConfig.load(Path.of(args[0])));
    TrainerTopics.prepare(config);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env, config);
    env.execute(config.jobName());
  }

  /** Adds the job to an environment. */
  public static void build(StreamExecutionEnvironment env, TrainerConfig config) {
    build(env, config, TrainModel::randomJobId, UUID.randomUUID().toString());
  }

  static void build(
      StreamExecutionEnvironment env,
      TrainerConfig config,
      TrainModel.JobIds jobIds,
      String progressId) {
    configure(env, config);
    DataStream<FeaturePoint> points =
        env.fromSource(points(config, progressId), eventTime(config), "features")
            .uid("features")
            .setParallelism(config.sourceParallelism());
    DataStream<LabelledPoint> labels =
        env.fromSource(feedback(config, progressId), eventTime(config), "feedback")
            .uid("feedback")
            .setParallelism(1);
    SingleOutputStreamOperator<Candidate> ofAll = learn(points, labels, config, jobIds, progressId);
    DataStream<Candidate> candidates = ofAll;
    DataStream<DriftNotice> drift = driftOf(ofAll);
    if (config.segmented()) {
      SingleOutputStreamOperator<Candidate> ofSegments =
          learnSegments(points, labels, config, jobIds);
      candidates = candidates.union(ofSegments);
      drift = drift.union(driftOf(ofSegments));
    }
    candidates.sinkTo(candidates(config)).uid("candidates").setParallelism(1);
    drift.sinkTo(driftEvents(config)).uid("drift-events").setParallelism(1);
  }

  /**
   * Event time for whoever looks at the job's watermarks, or works on with its streams. Partitions
   * that have nothing do not hold it back. The learner has a time of its own, that of its blocks:
   * watermarks come by the wall clock, and no model may depend on when they came.
   */
  private static <P extends FeaturePoint> WatermarkStrategy<P> eventTime(TrainerConfig config) {
    return WatermarkStrategy.<P>forGenerator(context -> new EventClockWatermarks<>())
        .withTimestampAssigner((point, recordTimeMs) -> point.eventTimeMs)
        .withIdleness(Duration.ofMillis(config.sourceIdleMs()));
  }

  /**
   * The job without its topics, for programs that have points of their own: one trainer that learns
   * from these streams.
   *
   * @param points in feature units, {@link FeaturePoint#values} {@code [d]}, d as configured; the
   *     stream may use one instance again and again
   * @param config of which brokers and topics are not used
   * @return versions of the model, each an Avro {@code ModelVersion}; {@link #driftOf} has more
   */
  public static SingleOutputStreamOperator<Candidate> learn(
      DataStream<FeaturePoint> points, DataStream<LabelledPoint> labels, TrainerConfig config) {
    return learn(points, labels, config, TrainModel::randomJobId, UUID.randomUUID().toString());
  }

  /**
   * A model for each segment, beside the one of all that {@link #learn} makes: one trainer for each
   * {@link FeaturePoint#segment} that is not empty, which learns from the points and labels of that
   * segment alone.
   *
   * @param points as {@link #learn} takes them
   * @param config of which {@code model.segments.max} bounds the segments; {@code model.segment}
   *     does not matter, the points say what they are of
   * @return versions of these models, each under its own name
   */
  public static SingleOutputStreamOperator<Candidate> learnSegments(
      DataStream<FeaturePoint> points, DataStream<LabelledPoint> labels, TrainerConfig config) {
    return learnSegments(points, labels, config, TrainModel::randomJobId);
  }

  /** What trainers tell of drift, each an Avro {@code DriftEvent}. */
  public static DataStream<DriftNotice> driftOf(SingleOutputStreamOperator<Candidate> candidates) {
    return candidates.getSideOutput(TrainModel.DRIFT);
  }

  private static SingleOutputStreamOperator<Candidate> learn(
      DataStream<FeaturePoint> points,
      DataStream<LabelledPoint> labels,
      TrainerConfig config,
      TrainModel.JobIds jobIds,
      String progressId) {
    return pack("pack points", points, packPoints(config))
        .uid("pack-points")
        .connect(labels)
        .transform(
            "train model",
            TypeInformation.of(Candidate.class),
            new TrainModel(TrainerSettings.of(config, progressId), jobIds))
        .uid("train-model")
        .setParallelism(1)
        .setMaxParallelism(1);
  }

  private static SingleOutputStreamOperator<Candidate> learnSegments(
      DataStream<FeaturePoint> points,
      DataStream<LabelledPoint> labels,
      TrainerConfig config,
      TrainModel.JobIds jobIds) {
    PackSegments pack =
        new PackSegments(
            config.projection().dimension(),
            blockPoints(config),
            config.batchIntervalMs() / 2,
            config.segmentsMax());
    return pack("pack segments", points, pack)
        .uid("pack-segments")
        .keyBy(block -> block.segment, Types.STRING)
        .connect(
            labels
                .filter(label -> !label.segment.isEmpty())
                .uid("labels-of-segments")
                .setParallelism(1)
                .keyBy(label -> label.segment, Types.STRING))
        .transform(
            "train segments",
            TypeInformation.of(Candidate.class),
            new TrainSegments(TrainerSettings.of(config, ""), jobIds, config.segmentsMax()))
        .uid("train-segments")
        .setMaxParallelism(SEGMENT_GROUPS)
        .setParallelism(points.getParallelism());
  }

  /**
   * Packs where the points are: Flink 1 would put an operator of this kind behind a network buffer,
   * where each point is serialized on its own.
   */
  private static SingleOutputStreamOperator<PointBlock> pack(
      String name,
      DataStream<FeaturePoint> points,
      OneInputStreamOperator<FeaturePoint, PointBlock> packer) {
    SingleOutputStreamOperator<PointBlock> blocks =
        points
            .transform(name, TypeInformation.of(PointBlock.class), packer)
            .setParallelism(points.getParallelism());
    if (blocks.getTransformation() instanceof PhysicalTransformation<PointBlock> physical) {
      physical.setChainingStrategy(ChainingStrategy.ALWAYS);
    }
    return blocks;
  }

  private static void configure(StreamExecutionEnvironment env, TrainerConfig config) {
    Duration checkpointInterval = Duration.ofMillis(config.checkpointIntervalMs());
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    settings.set(
        CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, checkpointInterval.dividedBy(2));
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    config
        .checkpointDir()
        .ifPresent(
            uri -> {
              settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
              settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri.toString());
            });
    // Brokers and registries come back: this strategy never gives up.
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, RESTART_DELAY);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofMillis(config.restartDelayMaxMs()));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        STABLE_AFTER);
    // Neither Kryo nor Java serialization for data; points are copied where they are kept.
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(settings);
    env.setBufferTimeout(BUFFER_TIMEOUT_MS);
  }

  private static KafkaSource<FeaturePoint> points(TrainerConfig config, String progressId) {
    return source("features", config.pointsTopic(), config.pointFormat(), config, progressId)
        .setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(POLL_RECORDS_MAX))
        .build();
  }

  private static KafkaSource<LabelledPoint> feedback(TrainerConfig config, String progressId) {
    return source("feedback", config.topics().feedback(), config.labelFormat(), config, progressId)
        .build();
  }

  private static <P extends FeaturePoint> KafkaSourceBuilder<P> source(
      String name, String topic, PointFormat<P> format, TrainerConfig config, String progressId) {
    return KafkaSource.<P>builder()
        .setTopics(topic)
        .setDeserializer(new PointDeserializer<>(format, config.schemaRegistryUrl(), progressId))
        .setBootstrapServers(config.bootstrapServers())
        .setGroupId(config.jobName())
        .setClientIdPrefix(config.jobName() + "-" + name)
        .setStartingOffsets(startingOffsets(config))
        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
        .setProperties(config.kafkaProperties());
  }

  private static OffsetsInitializer startingOffsets(TrainerConfig config) {
    return config.startFromEarliest() ? OffsetsInitializer.earliest() : OffsetsInitializer.latest();
  }

  private static PackPoints packPoints(TrainerConfig config) {
    return new PackPoints(
        config.projection().dimension(), blockPoints(config), config.batchIntervalMs() / 2);
  }

  private static int blockPoints(TrainerConfig config) {
    int pointBytes = Float.BYTES * config.projection().dimension();
    return Math.max(1, Math.min(config.batchSize(), BLOCK_BYTES_MAX / pointBytes));
  }

  private static KafkaSink<Candidate> candidates(TrainerConfig config) {
    return sink(
        config,
        config.jobName(),
        new WireSerializer<>(
            ModelVersion.class,
            config.topics().modelCandidates(),
            config.schemaRegistryUrl(),
            candidate -> candidate.modelName,
            candidate -> candidate.modelVersion));
  }

  private static KafkaSink<DriftNotice> driftEvents(TrainerConfig config) {
    return sink(
        config,
        config.jobName() + "-drift",
        new WireSerializer<>(
            DriftEvent.class,
            config.topics().driftEvents(),
            config.schemaRegistryUrl(),
            notice -> notice.modelName,
            notice -> notice.driftEvent));
  }

  private static <T> KafkaSink<T> sink(
      TrainerConfig config, String transactionalIds, KafkaRecordSerializationSchema<T> serializer) {
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(config.kafkaProperties())
        .setBootstrapServers(config.bootstrapServers())
        .setProperty(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            String.valueOf(config.transactionTimeoutMs()))
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(transactionalIds)
        .setRecordSerializer(serializer)
        .build();
  }
}
