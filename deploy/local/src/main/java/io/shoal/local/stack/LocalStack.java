package io.shoal.local.stack;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.jobs.LocalTrainer;
import io.shoal.jobs.TrainerConfig;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.serving.Sidecar;
import io.shoal.serving.SidecarConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system on loopback with embedded defaults: broker, schema registry, model registry,
 * trainer, sidecar. Its state survives in the data folder.
 */
public final class LocalStack implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalStack.class);
  private static final int PARTITIONS = 4;
  private static final Duration SIDECAR_TIMEOUT = Duration.ofSeconds(60);

  private final Topics topics = new Topics("");
  private final Consumer<PartStarted> listener;
  private final Deque<AutoCloseable> closeLast = new ArrayDeque<>();
  private final DataDirectory data;
  private final EmbeddedKafka kafka;
  private final EmbeddedSchemaRegistry schemas;
  private final ModelRegistryServer registry;
  private final LocalTrainer trainer;
  private final Sidecar sidecar;

  /**
   * Starts all parts and returns when transactions can be sent.
   *
   * @param data folder of all state; stays open, the caller closes it
   * @param listener is told of each part that is up
   * @throws ConfigException when something is wrong that a person can mend: a taken port, a folder
   *     that cannot be written, ...
   */
  public LocalStack(DataDirectory data, LocalStackOptions options, Consumer<PartStarted> listener) {
    this.data = data;
    this.listener = listener;
    try {
      // A process of its own: it comes up while the broker does.
      long startedNs = System.nanoTime();
      CompletableFuture<EmbeddedSchemaRegistry> schemasStarting =
          inBackground(
              () -> EmbeddedSchemaRegistry.start(data.folder("schema-registry"), port(options, 1)));
      try {
        kafka =
            start(
                "Kafka broker",
                () -> EmbeddedKafka.start(data.folder("kafka"), port(options, 0)),
                EmbeddedKafka::bootstrapServers);
      } finally {
        // Whatever becomes of the broker, a child process must not be left behind.
        schemasStarting.thenAccept(closeLast::addFirst).exceptionally(e -> null).join();
      }
      schemas = join(schemasStarting);
      announce("Schema registry", schemas.url(), startedNs);
      createTopics();
      registry = start("Model registry", () -> startRegistry(options), ModelRegistryServer::url);
      trainer =
          start(
              "Trainer (Flink)",
              () -> startTrainer(options),
              t -> topics.features() + " -> " + topics.modelCandidates());
      sidecar =
          start(
              "Sidecar (Kafka Streams)",
              this::startSidecar,
              s -> topics.transactions() + " -> " + topics.predictions() + ", " + topics.alerts());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The broker's address for clients. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The schema registry's Confluent-compatible base URL. */
  public String schemaRegistryUrl() {
    return schemas.url();
  }

  /** The model registry's base URL. */
  public String modelRegistryUrl() {
    return registry.url();
  }

  /** The topics in use. */
  public Topics topics() {
    return topics;
  }

  /** The trainer, for its progress. */
  public LocalTrainer trainer() {
    return trainer;
  }

  /** The sidecar, for its state. */
  public Sidecar sidecar() {
    return sidecar;
  }

  /**
   * Stops the parts in the reverse order of their start; a part that fails does not keep the others
   * up.
   */
  @Override
  public void close() {
    while (!closeLast.isEmpty()) {
      AutoCloseable part = closeLast.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("stopping {}", part.getClass().getSimpleName(), e);
      }
    }
  }

  private ModelRegistryServer startRegistry(LocalStackOptions options) {
    ModelRegistryServer server =
        new ModelRegistryServer(
            new RegistryConfig(
                Map.of(
                    RegistryConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                    RegistryConfig.SCHEMA_REGISTRY_URL, schemas.url(),
                    RegistryConfig.HTTP_PORT, String.valueOf(port(options, 2)),
                    RegistryConfig.DATA_DIR, data.folder("model-registry").toString())));
    server.start();
    return server;
  }

  private LocalTrainer startTrainer(LocalStackOptions options) {
    return LocalTrainer.start(
        new TrainerConfig(
            Map.of(
                TrainerConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                TrainerConfig.SCHEMA_REGISTRY_URL, schemas.url(),
                TrainerConfig.CHECKPOINT_DIR, data.folder("trainer").toUri().toString(),
                TrainerConfig.MODEL_KERNEL, options.kernel(),
                TrainerConfig.MODEL_SEED, String.valueOf(options.seed()))));
  }

  private Sidecar startSidecar() {
    Sidecar started =
        new Sidecar(
            new SidecarConfig(
                Map.of(
                    SidecarConfig.BOOTSTRAP_SERVERS,
                    kafka.bootstrapServers(),
                    SidecarConfig.SCHEMA_REGISTRY_URL,
                    schemas.url(),
                    SidecarConfig.STATE_DIR,
                    data.folder("sidecar").toString(),
                    SidecarConfig.HTTP_PORT,
                    "0",
                    // Half the default: people watch the latency here.
                    SidecarConfig.COMMIT_INTERVAL_MS,
                    "50",
                    // After a kill the broker waits so long before it lets the next sidecar in.
                    ServiceConfig.KAFKA_PREFIX
                        + StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                    "6000",
                    ServiceConfig.KAFKA_PREFIX
                        + StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                    "2000",
                    // On loopback a second request in flight gains nothing; a batch that the broker
                    // puts off while it closes a transaction would put the next one out of order.
                    ServiceConfig.KAFKA_PREFIX
                        + StreamsConfig.producerPrefix(
                            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION),
                    "1")));
    try {
      started.start();
      if (!started.awaitRunning(SIDECAR_TIMEOUT)) {
        throw new IllegalStateException(
            "the sidecar does not run after " + SIDECAR_TIMEOUT.toSeconds() + " s; see the log");
      }
      return started;
    } catch (InterruptedException e) {
      started.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the sidecar was starting", e);
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private void createTopics() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(PARTITIONS, (short) 1));
    }
  }

  private <P extends AutoCloseable> P start(
      String name, Supplier<P> starter, Function<P, String> address) {
    long startedNs = System.nanoTime();
    P part = starter.get();
    closeLast.push(part);
    announce(name, address.apply(part), startedNs);
    return part;
  }

  private void announce(String name, String address, long startedNs) {
    listener.accept(
        new PartStarted(name, address, Duration.ofNanos(System.nanoTime() - startedNs)));
  }

  private static int port(LocalStackOptions options, int offset) {
    return options.portBase() == 0 ? 0 : options.portBase() + offset;
  }

  private static <T> CompletableFuture<T> inBackground(Callable<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ConfigException mendable) {
        throw mendable;
      }
      throw e;
    }
  }
}
