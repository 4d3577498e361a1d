package io.shoal.benchmarks.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.serving.Sidecar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Two sidecars that hold the states of a million entities, each with a replica of the other's: one
 * is stopped, or killed, and started again at once, while transactions go on. The figure is the
 * longest that any of them waited for its prediction.
 */
public final class RestartBenchmark implements Benchmark {
  /** Transactions that the ledgers hold. */
  private static final int FILL = 1_000_000;

  private static final int RATE = 500;
  private static final int LIMIT_MS = 10_000;
  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration WATCHED = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();

  @Override
  public String name() {
    return "restart";
  }

  @Override
  public String description() {
    return "a sidecar of two started again, a million entities and a standby replica (4 minutes)";
  }

  /** One of the two, as often as it is started. */
  private static final class Instance {
    final Path folder;
    final Map<String, String> options;
    StreamProcess process;

    Instance(StreamBroker broker, Path folder) throws IOException {
      this.folder = folder;
      this.options =
          Map.of(
              "bootstrap.servers", broker.brokers(),
              "schema.registry.url", broker.registryUrl(),
              "state.dir", folder.resolve("state").toString(),
              "standby.replicas", "1",
              "http.port", "0");
      this.process = StreamProcess.start(Sidecar.class, options, StreamProcess.HEAP_MB, folder);
    }

    void startAgain() throws IOException {
      process = StreamProcess.start(Sidecar.class, options, StreamProcess.HEAP_MB, folder);
    }

    String url() {
      return process.greeting().replaceAll(".*(http://\\S+).*", "$1");
    }
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    Path folder = Files.createTempDirectory("shoal-restart");
    try (StreamBroker broker = new StreamBroker(folder, Population.MILLION)) {
      broker.promote(1);
      progress.accept("writing the states of a million entities, filling the topic");
      broker.stockCustomers(StreamBroker.CUSTOMER_STATES);
      broker.stockTerminals();
      broker.fill(broker.history(), 0, FILL);
      Instance one = new Instance(broker, folder.resolve("one"));
      Instance two = new Instance(broker, folder.resolve("two"));
      try {
        progress.accept("both take in %,d transactions (a minute or two)".formatted(FILL));
        broker.awaitLag(StreamBroker.SIDECAR, Set.of(PassThrough.SOURCE), 1_000, PATIENCE);
        progress.accept("waiting for the standby replicas");
        awaitReplicas(one);
        awaitReplicas(two);
        try (LatencyRun run =
            new LatencyRun(
                broker, StreamBroker.TOPICS.predictions(), RATE, broker.live(FILL, RATE), FILL)) {
          run.pass(SETTLE);
          progress.accept("stopping one and starting it again");
          BenchmarkRow stopped = row("stopped", run, two, () -> two.process.close());
          awaitReplicas(two);
          progress.accept("killing one and starting it again");
          BenchmarkRow killed = row("killed", run, two, () -> two.process.kill());
          return List.of(stopped, killed);
        }
      } finally {
        one.process.close();
        two.process.close();
      }
    } finally {
      StreamBenchmark.delete(folder);
    }
  }

  /** Ends an instance. */
  @FunctionalInterface
  private interface End {
    void run() throws InterruptedException;
  }

  private static BenchmarkRow row(String how, LatencyRun run, Instance instance, End end) {
    ScheduledExecutorService operator = Executors.newSingleThreadScheduledExecutor();
    try {
      var ended =
          operator.schedule(
              () -> {
                end.run();
                instance.startAgain();
                return null;
              },
              1,
              TimeUnit.SECONDS);
      LatencyRun.Seen seen = run.measure(WATCHED, false);
      ended.get();
      return new BenchmarkRow(
          "%s and started again, longest wait of a transaction".formatted(how),
          seen.max(),
          "ms",
          LIMIT_MS,
          LIMIT_MS / seen.max(),
          1.0);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an instance could not be started again", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      operator.shutdownNow();
    }
  }

  /** Waits until an instance works and the replicas that it holds are up to date. */
  private void awaitReplicas(Instance instance) throws IOException, InterruptedException {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!isReplicated(instance.url())) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException("the replicas of " + instance.url() + " stay behind");
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private boolean isReplicated(String url) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/ready")).build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode ready = JsonMapper.builder().build().readTree(answer.body());
    if (answer.statusCode() != 200 || ready.get("standby_tasks").asInt() == 0) {
      return false;
    }
    for (JsonNode line : ready.get("standby")) {
      if (line.get("records_left").asLong() > 100) {
        return false;
      }
    }
    return true;
  }
}
