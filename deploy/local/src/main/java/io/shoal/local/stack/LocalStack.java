package io.shoal.local.stack;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.jobs.LocalTrainer;
import io.shoal.jobs.TrainerConfig;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.serving.Sidecar;
import io.shoal.serving.SidecarConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline on this machine: model registry, trainer and sidecar, and where it names no Kafka a
 * broker and a schema registry of its own. Its state survives in the data folder.
 */
public final class LocalStack implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalStack.class);
  private static final int PARTITIONS = 4;
  private static final String CHECKPOINTS = "trainer";
  private static final Duration SIDECAR_TIMEOUT = Duration.ofSeconds(60);

  /** Where clients reach Kafka. */
  private record Addresses(String bootstrapServers, String schemaRegistryUrl) {}

  private final Pipeline pipeline;
  private final int portBase;
  private final Topics topics;
  private final Consumer<PartStarted> listener;
  private final Deque<AutoCloseable> closeLast = new ArrayDeque<>();
  private final DataDirectory data;
  private final Addresses kafka;
  private final ModelRegistryServer registry;
  private final LocalTrainer trainer;
  private final Sidecar sidecar;

  /**
   * Starts all parts and returns when transactions can be sent.
   *
   * @param data folder of all state; stays open, the caller closes it
   * @param portBase port of a broker of its own; its schema registry, the model registry, the
   *     sidecar and the trainer's metrics take the next four where the pipeline names none; 0 for
   *     free ports, and no metrics of the trainer
   * @param listener is told of each part that is up
   * @throws ConfigException when something is wrong that a person can mend: a taken port, a folder
   *     that cannot be written, ...
   */
  public LocalStack(
      DataDirectory data, Pipeline pipeline, int portBase, Consumer<PartStarted> listener) {
    this.data = data;
    this.pipeline = pipeline;
    this.portBase = portBase;
    this.topics = new Topics(pipeline.topicPrefix());
    this.listener = listener;
    try {
      kafka = pipeline.hasKafka() ? kafkaOfTheUser() : startKafka();
      registry = start("Model registry", this::startRegistry, ModelRegistryServer::url);
      trainer =
          start(
              "Trainer (Flink)",
              () -> LocalTrainer.start(new TrainerConfig(trainerOptions())),
              t -> topics.features() + " -> " + topics.modelCandidates());
      sidecar =
          start(
              "Sidecar (Kafka Streams)",
              this::startSidecar,
              s -> "-> " + topics.predictions() + ", " + topics.alerts() + ", " + s.url());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Where a trainer's checkpoints lie in a data folder, unless the pipeline says otherwise. */
  public static Path checkpoints(Path dataFolder) {
    return dataFolder.resolve(CHECKPOINTS);
  }

  /** The broker's address for clients. */
  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The schema registry's Confluent-compatible base URL. */
  public String schemaRegistryUrl() {
    return kafka.schemaRegistryUrl();
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

  private Addresses kafkaOfTheUser() {
    Map<String, String> options = pipeline.resolved(Service.SIDECAR);
    return new Addresses(
        Objects.requireNonNull(options.get(ServiceConfig.BOOTSTRAP_SERVERS)),
        Objects.requireNonNull(options.get(ServiceConfig.SCHEMA_REGISTRY_URL)));
  }

  private Addresses startKafka() {
    // A process of its own: it comes up while the broker does.
    long startedNs = System.nanoTime();
    CompletableFuture<EmbeddedSchemaRegistry> schemasStarting =
        inBackground(() -> EmbeddedSchemaRegistry.start(data.folder("schema-registry"), port(1)));
    EmbeddedKafka broker;
    try {
      broker =
          start(
              "Kafka broker",
              () -> EmbeddedKafka.start(data.folder("kafka"), port(0)),
              EmbeddedKafka::bootstrapServers);
    } finally {
      // Whatever becomes of the broker, a child process must not be left behind.
      schemasStarting.thenAccept(closeLast::addFirst).exceptionally(e -> null).join();
    }
    EmbeddedSchemaRegistry schemas = join(schemasStarting);
    announce("Schema registry", schemas.url(), startedNs);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(PARTITIONS, (short) 1));
    }
    return new Addresses(broker.bootstrapServers(), schemas.url());
  }

  private ModelRegistryServer startRegistry() {
    Map<String, String> options = options(Service.REGISTRY);
    options.putIfAbsent(RegistryConfig.HTTP_PORT, String.valueOf(port(2)));
    options.putIfAbsent(RegistryConfig.DATA_DIR, data.folder("model-registry").toString());
    ModelRegistryServer server = new ModelRegistryServer(new RegistryConfig(options));
    server.start();
    return server;
  }

  private Map<String, String> trainerOptions() {
    Map<String, String> options = options(Service.TRAINER);
    options.putIfAbsent(TrainerConfig.CHECKPOINT_DIR, data.folder(CHECKPOINTS).toUri().toString());
    options.putIfAbsent(TrainerConfig.METRICS_PORT, String.valueOf(port(4)));
    return options;
  }

  private Map<String, String> sidecarOptions() {
    Map<String, String> options = options(Service.SIDECAR);
    options.putIfAbsent(SidecarConfig.STATE_DIR, data.folder("sidecar").toString());
    options.putIfAbsent(SidecarConfig.HTTP_PORT, String.valueOf(port(3)));
    if (!pipeline.hasKafka()) {
      // Half the default: people watch the latency here.
      options.putIfAbsent(SidecarConfig.COMMIT_INTERVAL_MS, "50");
    }
    return options;
  }

  private Sidecar startSidecar() {
    Sidecar started = new Sidecar(new SidecarConfig(sidecarOptions()));
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

  /** What the pipeline says, with the addresses of a Kafka of its own. */
  private Map<String, String> options(Service service) {
    Map<String, String> options = new HashMap<>(pipeline.resolved(service));
    options.put(ServiceConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    options.put(ServiceConfig.SCHEMA_REGISTRY_URL, kafka.schemaRegistryUrl());
    return options;
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

  private int port(int offset) {
    return portBase == 0 ? 0 : portBase + offset;
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
