package io.shoal.serving;

import com.linecorp.armeria.server.healthcheck.SettableHealthChecker;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.shoal.config.ConfigException;
import io.shoal.config.ServiceProcess;
import io.shoal.features.FeatureSet;
import io.shoal.features.RecordReader;
import io.shoal.inference.InferenceEndpoint;
import io.shoal.inference.Workers;
import io.shoal.metrics.ServiceMetrics;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.IncompatibleSchemaException;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The serving sidecar as a service: topics, model cache, topology, Kafka Streams. */
public final class Sidecar implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sidecar.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** After a failure that is not a record's fault a thread comes back, but not in a busy loop. */
  private static final long REPLACE_DELAY_MS = 1_000;

  private final SidecarConfig config;
  private final FeatureSet features;
  private final SchemaRegistry schemas;
  private final ModelCache models;
  private final Workers workers;
  private final FeatureServer server;
  private final KafkaStreams streams;
  private final ScoringPeriod period;
  private final ReviewBoard reviews;
  private final Clock clock = Clock.systemUTC();
  private final SidecarTopics topics;
  private final ServiceMetrics metrics =
      new ServiceMetrics("sidecar", InferenceEndpoint.durations());
  private final AtomicBoolean streamsMeasured = new AtomicBoolean();
  private final SettableHealthChecker health = new SettableHealthChecker(false);

  private final CountDownLatch running = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private @Nullable Takeover takeover;

  /**
   * A sidecar with this configuration, which listens for requests; {@link #start} starts it.
   *
   * @throws ConfigException when the state folder or the port cannot be used, or the feature set is
   *     wrong
   */
  public Sidecar(SidecarConfig config) {
    this.config = config;
    requireWritable(Path.of(config.getString(SidecarConfig.STATE_DIR)));
    this.schemas = SchemaRegistry.at(config.getString(SidecarConfig.SCHEMA_REGISTRY_URL));
    this.features = config.features();
    this.topics = new SidecarTopics(config, features);
    this.models =
        new ModelCache(
            features,
            config.topics().models(),
            config.getString(SidecarConfig.MODEL_NAME),
            config.getString(SidecarConfig.MODEL_ALIAS),
            config.canaries(),
            new AvroDeserializer<>(schemas, ModelUpdate.class),
            config.signatureKeys());
    this.period = config.scoring();
    SkewReport skew = new SkewReport(features);
    Peers peers = new Peers();
    Readiness readiness = new Readiness(models::version);
    // It listens before the streams are made, because they are told where.
    this.workers =
        new Workers(
            Runtime.getRuntime().availableProcessors(), config.getInt(SidecarConfig.HTTP_QUEUE));
    ShadowBoard board = new ShadowBoard();
    this.reviews = config.reviews();
    SidecarMetrics measured = new SidecarMetrics(metrics);
    RecentPredictions recent = new RecentPredictions(measured::predicted);
    measured.watch(models, board, clock);
    measured.watch(reviews, recent);
    this.server =
        SidecarHttp.start(
            config, features, models, board, reviews, recent, peers, readiness, workers, clock,
            skew, metrics, health);
    HostInfo self = new HostInfo(config.advertisedHost(), server.port());
    this.streams =
        streams(
            new SidecarTopology(
                    config,
                    features,
                    models,
                    board,
                    reviews,
                    recent,
                    new AvroSerdes(schemas),
                    period,
                    config.skew(skew),
                    topics::partitions,
                    clock)
                .build(),
            StreamsSettings.of(
                config,
                self,
                new DeadLetterHandler.Letters(
                    config.topics().deadLetters(),
                    new AvroSerializer<>(schemas, DeadLetter.class),
                    clock,
                    measured::deadLetter)));
    peers.attach(streams, self);
    readiness.attach(streams);
    streams.setUncaughtExceptionHandler(this::replaceThread);
    streams.setStateListener(
        (now, before) -> {
          health.setHealthy(now.isRunningOrRebalancing());
          if (now == KafkaStreams.State.RUNNING) {
            measureStreams();
            readiness.running();
            running.countDown();
          }
        });
  }

  /**
   * Creates what is missing of the topics, registers the schemas of what it reads, and starts.
   *
   * @throws ConfigException when the feature set does not fit the newest schema of its source
   * @throws io.shoal.schemas.SchemaRegistryUnavailableException when it does not answer
   */
  public void start() {
    Map<String, Object> client = config.kafkaSettings();
    client.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
        config.getString(SidecarConfig.BOOTSTRAP_SERVERS));
    try (Admin admin = Admin.create(client)) {
      topics.create(admin);
    }
    reviews.partitions(topics.partitions(config.topics().source(features.source().topic())));
    checkSource();
    register(config.topics().labels(), Label.getClassSchema());
    startStreams();
    if (config.takesOver()) {
      takeover =
          new Takeover(
              Admin.create(client),
              config.application(),
              sourceTopics(),
              config.takeoverNotice(),
              clock,
              period::hasTakenOver,
              () -> models.current() != null && ownsFirstPartition(),
              from -> announce(client, from));
      takeover.start();
    }
  }

  /** What Kafka Streams says of a failed start hides the reason. */
  private void startStreams() {
    try {
      streams.start();
    } catch (StreamsException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new StreamsException(
          e.getMessage()
              + ": "
              + cause
              + "\nIf it names a state store or a partition, an earlier version left its copies of"
              + " topics: delete the folder "
              + Path.of(config.getString(SidecarConfig.STATE_DIR), config.application(), "global")
              + ", they are read anew (of a demo: --fresh).",
          e);
    }
  }

  /** Only now: what its threads register when they start would else be seen a minute later. */
  private void measureStreams() {
    if (streamsMeasured.compareAndSet(false, true)) {
      metrics.bind(new KafkaStreamsMetrics(streams));
    }
  }

  private Set<String> sourceTopics() {
    Topics topics = config.topics();
    return Set.of(
        topics.source(features.source().topic()),
        topics.labels(),
        topics.ledgerEvents(),
        topics.secondaryEvents());
  }

  /** So that one instance of the application announces for all. */
  private boolean ownsFirstPartition() {
    TopicPartition first = new TopicPartition(config.topics().source(features.source().topic()), 0);
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .anyMatch(task -> task.topicPartitions().contains(first));
  }

  private void announce(Map<String, Object> client, Instant from) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  config.topics().takeovers(), config.application(), from.toString()))
          .get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The sample's schema is ours; of any other source the newest schema must fit. */
  private void checkSource() {
    if (features.fingerprint().equals(FeatureSet.cardTransactions().fingerprint())) {
      register(config.topics().transactions(), Transaction.getClassSchema());
      return;
    }
    String subject = config.topics().source(features.source().subject());
    schemas
        .latest(subject)
        .ifPresentOrElse(
            schema -> new RecordReader(features, schema),
            () -> log.warn("no schema is registered under {} yet: nobody has produced", subject));
  }

  /** So that a producer in any language finds the schema before the first record is written. */
  private void register(String topic, Schema schema) {
    try {
      schemas.register(topic, schema);
    } catch (IncompatibleSchemaException e) {
      log.warn("producers must register a schema for {} themselves: {}", topic, e.getMessage());
    }
  }

  /**
   * Waits until the sidecar scores.
   *
   * @return false when it does not within the timeout
   */
  public boolean awaitRunning(Duration timeout) throws InterruptedException {
    return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Version of the model that scores now, or 0 before the first. */
  public long modelVersion() {
    ActiveModel model = models.current();
    return model == null ? 0 : model.version();
  }

  /** Base URL of the HTTP endpoint. */
  public String url() {
    return "http://" + config.getString(SidecarConfig.HTTP_HOST) + ":" + server.port();
  }

  /** The last failure that made a thread start anew, or null. */
  public @Nullable Throwable lastFailure() {
    return failure;
  }

  /** Commits and stops; gives its partitions back at once, so that a restart need not wait. */
  @Override
  public void close() {
    if (takeover != null) {
      takeover.close();
    }
    server.close();
    workers.close();
    streams.close(
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    metrics.close();
  }

  /** Runs a sidecar until the process is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    run(ServiceProcess.file(args));
  }

  /** The same with options that come from elsewhere. */
  public static void run(Supplier<Map<String, String>> options) throws InterruptedException {
    ServiceProcess.run(
        "sidecar",
        options,
        values -> {
          SidecarConfig config = new SidecarConfig(values);
          Sidecar sidecar = new Sidecar(config);
          sidecar.start();
          System.out.printf(
              "sidecar: %s -> %s, features on %s%n",
              config.topics().source(sidecar.features.source().topic()),
              config.topics().predictions(),
              sidecar.url());
          return sidecar;
        });
  }

  private StreamThreadExceptionResponse replaceThread(Throwable cause) {
    failure = cause;
    log.error("a scoring thread failed and starts anew in {} ms", REPLACE_DELAY_MS, cause);
    try {
      TimeUnit.MILLISECONDS.sleep(REPLACE_DELAY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private KafkaStreams streams(Topology topology, Properties settings) {
    try {
      return new KafkaStreams(topology, settings);
    } catch (StreamsException e) {
      server.close();
      throw new ConfigException(
          "cannot use the state folder "
              + settings.get(StreamsConfig.STATE_DIR_CONFIG)
              + " ("
              + e.getMessage()
              + "); each sidecar needs its own, set "
              + SidecarConfig.STATE_DIR,
          e);
    }
  }

  private static void requireWritable(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, "write", ".probe"));
    } catch (IOException e) {
      throw new ConfigException(
          "cannot write the state folder "
              + directory
              + " ("
              + e
              + "); set "
              + SidecarConfig.STATE_DIR
              + " to a folder that this user can write and that has space",
          e);
    }
  }
}
