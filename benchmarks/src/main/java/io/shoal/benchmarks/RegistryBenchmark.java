package io.shoal.benchmarks;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.ScalarAssignmentKernel;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryException;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.serving.Sidecar;
import io.shoal.serving.SidecarConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The registry in a process of its own with 256 MiB of heap: its start, reads at a fixed rate with
 * many versions in the store, and the time from a promotion to the sidecar that scores with it. The
 * reference of each row is the most that it may take.
 */
public final class RegistryBenchmark implements Benchmark {
  private static final int VERSIONS = 10_000;
  private static final int SECONDS = 20;
  private static final int RATE = 1_000;
  private static final int PROMOTIONS = 20;
  private static final int SIDECARS = 2;
  private static final int HEAP_MIB = 256;
  private static final double START_BOUND_MS = 3_000;
  private static final double READ_BOUND_MS = 5;
  private static final double VISIBLE_BOUND_MS = 1_000;
  private static final long PATIENCE_NS = Duration.ofMinutes(1).toNanos();
  private static final long LOOK_NS = Duration.ofMillis(1).toNanos();
  private static final long LOOK_LOADING_NS = Duration.ofMillis(200).toNanos();
  private static final String MODEL = "default";

  private final int versions;
  private final int seconds;

  /** The benchmark as the command line runs it. */
  public RegistryBenchmark() {
    this(VERSIONS, SECONDS);
  }

  RegistryBenchmark(int versions, int seconds) {
    this.versions = versions;
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return "registry";
  }

  @Override
  public String description() {
    return "start, reads and promotions of the model registry, "
        + HEAP_MIB
        + " MiB of heap, against their bounds";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    Path folder = Files.createTempDirectory("shoal-bench-registry");
    try (EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      return run(folder, kafka, schemas, progress);
    } finally {
      delete(folder);
    }
  }

  private List<BenchmarkRow> run(
      Path folder, EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, Consumer<String> progress)
      throws Exception {
    Topics topics = new Topics("");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(1, (short) 1));
    }
    List<BenchmarkRow> rows = new ArrayList<>();
    Path config =
        Files.writeString(
            folder.resolve("registry.properties"),
            """
            bootstrap.servers=%s
            schema.registry.url=%s
            http.port=0
            data.dir=%s
            promotion.policy=manual
            """
                .formatted(
                    kafka.bootstrapServers(), schemas.url(), folder.resolve("data").toString()));
    progress.accept("starting the registry");
    long startedNs = System.nanoTime();
    try (RegistryProcess registry = RegistryProcess.start(config, HEAP_MIB)) {
      rows.add(row("start, with an empty database", millisSince(startedNs), START_BOUND_MS));
      ModelRegistryClient client = new ModelRegistryClient(URI.create(registry.url()), null);
      progress.accept("sending " + versions + " versions");
      send(kafka.bootstrapServers(), schemas.url(), topics.modelCandidates());
      awaitVersions(client, progress);
      rows.addAll(reads(registry.url(), progress));
      progress.accept("promoting " + PROMOTIONS + " times");
      rows.add(
          row(
              "promotion to the last of " + SIDECARS + " sidecars, slowest of " + PROMOTIONS,
              percentile(promotions(folder, kafka, schemas, client), 1),
              VISIBLE_BOUND_MS));
    }
    progress.accept("starting it again");
    startedNs = System.nanoTime();
    try (RegistryProcess again = RegistryProcess.start(config, HEAP_MIB)) {
      newest(new ModelRegistryClient(URI.create(again.url()), null));
      rows.add(
          row(
              "start, with " + versions + " versions, to the first answer",
              millisSince(startedNs),
              START_BOUND_MS));
    }
    return rows;
  }

  /**
   * Reads, and beside them what client, machine and HTTP take of their time: answers that need no
   * database. Before them a rate that grows, until what is asked often is compiled on both sides.
   */
  private List<BenchmarkRow> reads(String url, Consumer<String> progress) {
    Random random = new Random(1);
    try (RegistryReads reads = new RegistryReads(url, i -> path(i, random));
        RegistryReads index = new RegistryReads(url, i -> "/api")) {
      progress.accept(
          "reading, up to " + RATE + " requests/s, to warm up, for " + 2 * seconds + " s");
      reads.ramp(RATE, seconds);
      var unused = reads.at(RATE, seconds);
      progress.accept("reading at " + RATE + " requests/s for " + seconds + " s");
      double readMs = percentile(reads.at(RATE, seconds), 0.99);
      progress.accept("reading what needs no database");
      double indexMs = percentile(index.at(RATE, seconds / 2), 0.99);
      return List.of(
          row(
              "reads, p99 at %d/s with %d versions".formatted(RATE, versions),
              readMs,
              READ_BOUND_MS),
          new BenchmarkRow(
              "of it client, machine and HTTP: p99 of the list of addresses",
              indexMs,
              "ms",
              readMs,
              readMs / indexMs,
              null));
    }
  }

  private static BenchmarkRow row(String what, double ms, double boundMs) {
    return new BenchmarkRow(what, ms, "ms", boundMs, boundMs / ms, 1.0);
  }

  private void send(String brokers, String schemaUrl, String topic) {
    ModelVersion candidate = candidate();
    try (KafkaProducer<String, ModelVersion> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                ProducerConfig.LINGER_MS_CONFIG,
                5),
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(schemaUrl), ModelVersion.class))) {
      List<CompletableFuture<?>> sent = new ArrayList<>();
      for (int i = 1; i <= versions; i++) {
        candidate.setSequence((long) i);
        CompletableFuture<Void> done = new CompletableFuture<>();
        sent.add(done);
        var unused =
            producer.send(
                new ProducerRecord<>(topic, MODEL, candidate),
                (metadata, failure) -> {
                  if (failure == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(failure);
                  }
                });
      }
      sent.forEach(CompletableFuture::join);
    }
  }

  private void awaitVersions(ModelRegistryClient client, Consumer<String> progress) {
    long beganNs = System.nanoTime();
    long taken = 0;
    while (taken < versions) {
      long before = taken;
      await(LOOK_LOADING_NS, () -> newestNumber(client) > before);
      taken = newestNumber(client);
    }
    progress.accept("it took %.0f versions/s".formatted(versions / (millisSince(beganNs) / 1_000)));
  }

  private static long newestNumber(ModelRegistryClient client) {
    return newest(client).stream().mapToLong(RegisteredVersion::version).findFirst().orElse(0);
  }

  private static List<RegisteredVersion> newest(ModelRegistryClient client) {
    try {
      return client.versions(MODEL, Long.MAX_VALUE, 1);
    } catch (ModelRegistryException notYet) {
      return List.of();
    }
  }

  /** What tools ask: a version in full, a page of versions, the alias, the log. */
  private String path(int i, Random random) {
    String model = "/api/v1/models/" + MODEL;
    return switch (i % 4) {
      case 0 -> model + "/versions/" + (1 + random.nextInt(versions));
      case 1 -> model + "/versions?limit=20&before=" + (2 + random.nextInt(versions));
      case 2 -> "/api/v1/models";
      default ->
          "/api/2.0/mlflow/model-versions/get?name="
              + MODEL
              + "&version="
              + (1 + random.nextInt(versions));
    };
  }

  private double[] promotions(
      Path folder, EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, ModelRegistryClient client)
      throws InterruptedException {
    double[] latencies = new double[PROMOTIONS];
    List<Sidecar> sidecars = new ArrayList<>();
    try {
      for (int i = 0; i < SIDECARS; i++) {
        Path state = folder.resolve("sidecar-" + i);
        sidecars.add(
            new Sidecar(
                new SidecarConfig(
                    Map.of(
                        SidecarConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                        SidecarConfig.SCHEMA_REGISTRY_URL, schemas.url(),
                        SidecarConfig.HTTP_PORT, "0",
                        SidecarConfig.STATE_DIR, state.toString()))));
        sidecars.get(i).start();
      }
      for (Sidecar sidecar : sidecars) {
        if (!sidecar.awaitRunning(Duration.ofMinutes(1))) {
          throw new IllegalStateException("a sidecar does not run after a minute");
        }
      }
      for (int i = 0; i < PROMOTIONS; i++) {
        long version = (long) versions - i;
        long beganNs = System.nanoTime();
        client.promote(MODEL, "champion", version, null, "bench", "measuring");
        await(LOOK_NS, () -> sidecars.stream().allMatch(s -> s.modelVersion() == version));
        latencies[i] = millisSince(beganNs);
      }
    } finally {
      sidecars.forEach(Sidecar::close);
    }
    return latencies;
  }

  private static ModelVersion candidate() {
    FeatureSet features = FeatureSet.cardTransactions();
    List<String> names = features.modelFeatures();
    Random random = new Random(1);
    float[] points = new float[4_000 * names.size()];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) random.nextGaussian();
    }
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(64).dimension(names.size()).seed(1).build(),
            new ScalarAssignmentKernel());
    learner.learn(new MiniBatch(points, points.length / names.size(), names.size(), 0));
    return ModelCodec.encode(
        learner.snapshot(),
        new ModelMetadata(
            MODEL,
            Instant.now(),
            Instant.now(),
            "bench",
            1,
            features.fingerprint(),
            names,
            Map.of("k", "64"),
            Map.of(),
            List.of()));
  }

  private static double percentile(double[] values, double quantile) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (quantile * sorted.length))];
  }

  private static double millisSince(long startedNs) {
    return (System.nanoTime() - startedNs) / 1e6;
  }

  private static void await(long lookNs, BooleanSupplier condition) {
    long untilNs = System.nanoTime() + PATIENCE_NS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > untilNs) {
        throw new IllegalStateException("waited in vain for " + Duration.ofNanos(PATIENCE_NS));
      }
      LockSupport.parkNanos(lookNs);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
