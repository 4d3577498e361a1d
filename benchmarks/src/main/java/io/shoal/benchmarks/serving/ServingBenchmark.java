package io.shoal.benchmarks.serving;

import io.shoal.benchmarks.PythonPeer;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.inference.proto.InferTensorContents;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferRequest.InferInputTensor;
import io.shoal.inference.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One vector per request over gRPC, by the same client from {@code shoal serve} and from
 * scikit-learn's {@code predict} behind Python's grpcio: one request at a time, and as many as the
 * machine bears. The servers take turns, the best round of each counts.
 */
public final class ServingBenchmark implements Benchmark {
  private static final String MODEL = "bench";
  private static final int K = 64;
  private static final int D = 15;
  private static final int MESSAGES = 256;
  private static final int ROUNDS = 2;
  private static final int STREAMS = 64;
  private static final int CLIENT_THREADS = 2;
  private static final double FASTER = 25;
  private static final Duration WARM_UP = Duration.ofSeconds(4);

  private final Duration round;

  /** The benchmark as the command line runs it. */
  public ServingBenchmark() {
    this(Duration.ofSeconds(2));
  }

  ServingBenchmark(Duration round) {
    this.round = round;
  }

  @Override
  public String name() {
    return "serving";
  }

  @Override
  public String description() {
    return "one vector per gRPC request beside scikit-learn behind Python's grpcio (1 minute)";
  }

  /** Both ways to ask. */
  private record Figures(GrpcLoad.Result single, GrpcLoad.Result saturated) {
    Figures better(Figures other) {
      return new Figures(single.better(other.single), saturated.better(other.saturated));
    }

    long errors() {
      return single.errors() + saturated.errors();
    }
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    Path folder = Files.createTempDirectory("shoal-serving");
    PythonPeer python =
        PythonPeer.install(List.of("numpy", "scikit-learn", "grpcio", "protobuf"), progress);
    KMeansModelData model = KMeans.fit(points(), K);
    try (ModelServer shoal = ModelServer.shoal(named(model), MODEL, folder);
        ModelServer peer =
            ModelServer.scikitLearn(
                python, model, Runtime.getRuntime().availableProcessors(), folder)) {
      progress.accept("warming up");
      warmUp(peer);
      warmUp(shoal);
      Figures theirs = measure(peer);
      Figures ours = measure(shoal);
      for (int r = 2; r <= ROUNDS; r++) {
        progress.accept("round " + r + " of " + ROUNDS);
        theirs = theirs.better(measure(peer));
        ours = ours.better(measure(shoal));
      }
      progress.accept("empty calls");
      return rows(ours, theirs, empty(shoal));
    } finally {
      delete(folder);
    }
  }

  private static void warmUp(ModelServer server) throws InterruptedException {
    try (GrpcLoad load = GrpcLoad.scores(server.port(), CLIENT_THREADS, messages())) {
      load.run(STREAMS, WARM_UP);
    }
  }

  private Figures measure(ModelServer server) throws InterruptedException {
    ModelInferRequest[] messages = messages();
    try (GrpcLoad one = GrpcLoad.scores(server.port(), 1, messages);
        GrpcLoad many = GrpcLoad.scores(server.port(), CLIENT_THREADS, messages)) {
      return new Figures(one.run(1, round), many.run(STREAMS, round));
    }
  }

  /** What the network stack of both sides gives without any work. */
  private Figures empty(ModelServer server) throws InterruptedException {
    try (GrpcLoad one = GrpcLoad.empty(server.port(), 1);
        GrpcLoad many = GrpcLoad.empty(server.port(), CLIENT_THREADS)) {
      many.run(STREAMS, round);
      return new Figures(one.run(1, round), many.run(STREAMS, round));
    }
  }

  private static BenchmarkRow limit(String how, GrpcLoad.Result ours, GrpcLoad.Result empty) {
    return new BenchmarkRow(
        "gRPC single vector against an empty call of the same server, " + how,
        ours.perSecond(),
        "requests/s",
        empty.perSecond(),
        ours.perSecond() / empty.perSecond(),
        null);
  }

  private static List<BenchmarkRow> rows(Figures ours, Figures theirs, Figures empty) {
    List<BenchmarkRow> rows = new ArrayList<>();
    add(rows, "one at a time", ours.single(), theirs.single());
    add(rows, STREAMS + " at a time", ours.saturated(), theirs.saturated());
    rows.add(limit("one at a time", ours.single(), empty.single()));
    rows.add(limit(STREAMS + " at a time", ours.saturated(), empty.saturated()));
    rows.add(
        new BenchmarkRow(
            "gRPC errors, limit 0", ours.errors(), "answers", 0, ours.errors() == 0 ? 1 : 0, 1.0));
    return rows;
  }

  private static void add(
      List<BenchmarkRow> rows, String how, GrpcLoad.Result ours, GrpcLoad.Result theirs) {
    String what = "gRPC single vector against scikit-learn, " + how;
    rows.add(
        new BenchmarkRow(
            what,
            ours.perSecond(),
            "requests/s",
            theirs.perSecond(),
            ours.perSecond() / theirs.perSecond(),
            FASTER));
    rows.add(
        new BenchmarkRow(
            what + ", p50",
            ours.p50Ms(),
            "ms",
            theirs.p50Ms(),
            theirs.p50Ms() / ours.p50Ms(),
            null));
    rows.add(
        new BenchmarkRow(
            what + ", p99",
            ours.p99Ms(),
            "ms",
            theirs.p99Ms(),
            theirs.p99Ms() / ours.p99Ms(),
            FASTER));
  }

  private static NamedModel named(KMeansModelData model) {
    return new NamedModel(model, IntStream.range(0, D).mapToObj(f -> "f" + f).toList());
  }

  private static float[][] points() {
    Random random = new Random(1);
    float[][] points = new float[20_000][D];
    for (float[] point : points) {
      for (int f = 0; f < D; f++) {
        point[f] = (float) random.nextGaussian();
      }
    }
    return points;
  }

  private static ModelInferRequest[] messages() {
    float[][] points = points();
    ModelInferRequest[] messages = new ModelInferRequest[MESSAGES];
    for (int m = 0; m < MESSAGES; m++) {
      InferTensorContents.Builder contents = InferTensorContents.newBuilder();
      for (float value : points[m]) {
        contents.addFp32Contents(value);
      }
      messages[m] =
          ModelInferRequest.newBuilder()
              .setModelName(MODEL)
              .addInputs(
                  InferInputTensor.newBuilder()
                      .setName("input")
                      .setDatatype("FP32")
                      .addShape(1)
                      .addShape(D)
                      .setContents(contents))
              .addOutputs(InferRequestedOutputTensor.newBuilder().setName("cluster_id"))
              .build();
    }
    return messages;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
