package io.shoal.cli;

import io.shoal.client.ModelWatch;
import io.shoal.config.ConfigException;
import io.shoal.inference.InferenceServer;
import io.shoal.inference.ServedModel;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves one model on request, without Kafka. */
@Command(
    name = "serve",
    description = {
      "Serves a model by the Open Inference Protocol 2, REST and gRPC on one port; needs no Kafka.",
      "A version comes in while it runs when the file is written anew or the alias moves."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  curl 127.0.0.1:8092/v2/models/model/infer -d \\",
      "    '{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 2], \"data\": [12.5, 3]}]}'",
      "",
      "docs/serving.md has the rest; /docs on the port tries it out in a browser."
    })
final class ServeCommand implements Callable<Integer> {
  private static final String DEFAULT_PORT = "8092";
  private static final int ROWS_MAX_MAX = 1_000_000;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE|URL",
      description =
          "The model: a file (.avro, .pmml, .xml, .onnx), http://REGISTRY/MODEL@ALIAS or http://REGISTRY/MODEL/VERSION.")
  private String model;

  @Option(
      names = "--name",
      description = "How requests call it (default: its name in the registry or of the file).")
  private @Nullable String name;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}). There is no authentication: leave it on loopback or put it behind a proxy that has.")
  private String host;

  @Option(
      names = "--port",
      defaultValue = DEFAULT_PORT,
      description = "Port to listen on, 0 for a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--queue",
      defaultValue = "64",
      description =
          "Most large requests that wait for a thread; more get 503 (default: ${DEFAULT-VALUE}).")
  private int queue;

  @Option(
      names = "--rows-max",
      defaultValue = "10000",
      description = "Most rows of a request (default: ${DEFAULT-VALUE}).")
  private int rowsMax;

  @Option(
      names = "--poll",
      defaultValue = "1",
      paramLabel = "SECONDS",
      description = "How often the file or the alias is looked at (default: ${DEFAULT-VALUE}).")
  private int pollSeconds;

  @Mixin private LogOptions log = new LogOptions();

  private volatile List<ServedModel> served = List.of();
  private ModelWatch.@Nullable Loaded loaded;
  private boolean failing;

  @Override
  public Integer call() throws InterruptedException {
    log.toConsole();
    requireBetween("--port", port, 0, 65_535);
    requireBetween("--queue", queue, 1, 1_000_000);
    requireBetween("--rows-max", rowsMax, 1, ROWS_MAX_MAX);
    requireBetween("--poll", pollSeconds, 1, 86_400);
    ModelWatch watch = watch();
    CountDownLatch stopped = new CountDownLatch(1);
    ScheduledExecutorService poll =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "model-watch");
              thread.setDaemon(true);
              return thread;
            });
    try (InferenceServer server = start()) {
      var unused =
          poll.scheduleWithFixedDelay(
              () -> refresh(watch), pollSeconds, pollSeconds, TimeUnit.SECONDS);
      ServedModel first = served.get(0);
      System.out.printf(
          "serving %s version %s (%d clusters, %d features) on http://%s:%d/v2, docs on /docs, metrics on /metrics%n",
          first.name(), first.version(), first.clusters(), first.dimension(), host, server.port());
      Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown, "serve-shutdown"));
      stopped.await();
    } finally {
      poll.shutdownNow();
    }
    return 0;
  }

  private InferenceServer start() {
    try {
      return InferenceServer.start(
          new InferenceServer.Settings(
              new InetSocketAddress(host, port),
              Runtime.getRuntime().availableProcessors(),
              queue,
              rowsMax,
              InferenceServer.CONNECTIONS_MAX),
          () -> served);
    } catch (IOException e) {
      throw new ConfigException(e.getMessage() + "; stop what listens there or give --port", e);
    }
  }

  private ModelWatch watch() {
    try {
      ModelWatch watch = new ModelWatch(model);
      swap(watch.load());
      return watch;
    } catch (NoSuchFileException e) {
      throw new ConfigException(e.getFile() + ": no such file");
    } catch (InvalidModelFileException | IllegalArgumentException | IOException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whatever is wrong with the new one: the old one scores on. */
  private void refresh(ModelWatch watch) {
    try {
      swap(watch.load());
      failing = false;
    } catch (IOException | RuntimeException e) {
      if (!failing) {
        logger().warn("{}: {}; the version before scores on", model, e.toString());
      }
      failing = true;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the watch gives the same object while nothing changed
  private void swap(ModelWatch.Loaded now) {
    if (now != loaded) {
      ServedModel next =
          new ServedModel(
              name == null ? now.name() : name,
              now.version(),
              now.model().model(),
              now.model().features());
      if (loaded != null) {
        logger().info("serving {} version {} from now on", next.name(), next.version());
      }
      loaded = now;
      served = List.of(next);
    }
  }

  /** Made after the log's place is set. */
  private static Logger logger() {
    return LoggerFactory.getLogger(ServeCommand.class);
  }

  private static void requireBetween(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ConfigException(
          "%s must lie between %d and %d, it is %d".formatted(option, min, max, value));
    }
  }
}
