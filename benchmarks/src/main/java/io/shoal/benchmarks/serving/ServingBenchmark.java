package io.shoal.benchmarks.serving;

import io.shoal.benchmarks.PythonPeer;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.inference.proto.InferTensorContents;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferRequest.InferInputTensor;
import io.shoal.inference.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.shoal.inference.proto.ServerLiveRequest;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One vector per request over gRPC, by the same client from {@code shoal serve} and from
 * scikit-learn's {@code predict} behind Python's grpcio: one request at a time, a few at a time,
 * and as many as the machine bears. The servers take turns, the best round of each counts.
 */
public final class ServingBenchmark implements Benchmark {
  private static final String MODEL = "bench";
  private static final String METHOD = "ModelInfer";
  private static final int K = 64;
  private static final int D = 15;
  private static final int ROUNDS = 3;
  private static final double FASTER = 25;
  private static final H2Load.Way ONE = new H2Load.Way("one at a time", 1, 1);
  private static final H2Load.Way CONNECTION =
      new H2Load.Way("64 at a time over a connection", 1, 64);
  private static final H2Load.Way CONNECTIONS = new H2Load.Way("64 at a time over two", 2, 32);
  private static final List<H2Load.Way> WAYS = List.of(ONE, CONNECTION, CONNECTIONS);
  private static final Duration WARM_UP = Duration.ofSeconds(12);

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

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    Path folder = Files.createTempDirectory("shoal-serving");
    PythonPeer python =
        PythonPeer.install(List.of("numpy", "scikit-learn", "grpcio", "protobuf"), progress);
    KMeansModelData model = KMeans.fit(points(), K);
    ModelInferRequest request = request();
    H2Load load = H2Load.of(ModelClient.frame(request), folder);
    try (ModelServer shoal = ModelServer.shoal(named(model), MODEL, folder);
        ModelServer peer =
            ModelServer.scikitLearn(
                python, model, Runtime.getRuntime().availableProcessors(), folder)) {
      requireSameAnswer(shoal, peer, request);
      progress.accept("warming up");
      measure(load, peer, request, CONNECTIONS, round);
      measure(load, shoal, request, CONNECTIONS, WARM_UP);
      Map<H2Load.Way, H2Load.Result> theirs = new LinkedHashMap<>();
      Map<H2Load.Way, H2Load.Result> ours = new LinkedHashMap<>();
      for (int r = 1; r <= ROUNDS; r++) {
        progress.accept("round " + r + " of " + ROUNDS);
        for (H2Load.Way way : WAYS) {
          theirs.merge(way, measure(load, peer, request, way, round), H2Load.Result::better);
          ours.merge(way, measure(load, shoal, request, way, round), H2Load.Result::better);
        }
      }
      progress.accept("empty calls");
      return rows(ours, theirs, empty(shoal, folder));
    } finally {
      delete(folder);
    }
  }

  private static void requireSameAnswer(
      ModelServer shoal, ModelServer peer, ModelInferRequest request) throws IOException {
    int ours = ModelClient.cluster(shoal, request);
    int theirs = ModelClient.cluster(peer, request);
    if (ours != theirs) {
      throw new IOException("cluster " + ours + " here, " + theirs + " there");
    }
  }

  private static H2Load.Result measure(
      H2Load load, ModelServer server, ModelInferRequest request, H2Load.Way way, Duration duration)
      throws IOException, InterruptedException {
    int answerBytes = ModelClient.ask(server, METHOD, request).length;
    return load.run(ModelClient.url(server, METHOD), way, duration, answerBytes);
  }

  /** What the network stack of both sides gives without any work. */
  private Map<H2Load.Way, H2Load.Result> empty(ModelServer server, Path folder)
      throws IOException, InterruptedException {
    ServerLiveRequest request = ServerLiveRequest.getDefaultInstance();
    int answerBytes = ModelClient.ask(server, "ServerLive", request).length;
    H2Load load = H2Load.of(ModelClient.frame(request), folder);
    String url = ModelClient.url(server, "ServerLive");
    load.run(url, CONNECTIONS, round, answerBytes);
    Map<H2Load.Way, H2Load.Result> results = new LinkedHashMap<>();
    for (H2Load.Way way : WAYS) {
      results.put(way, load.run(url, way, round, answerBytes));
    }
    return results;
  }

  private static List<BenchmarkRow> rows(
      Map<H2Load.Way, H2Load.Result> ours,
      Map<H2Load.Way, H2Load.Result> theirs,
      Map<H2Load.Way, H2Load.Result> empty) {
    List<BenchmarkRow> rows = new ArrayList<>();
    long errors = 0;
    for (H2Load.Way way : WAYS) {
      H2Load.Result result = result(ours, way);
      add(rows, way, result, result(theirs, way));
      rows.add(limit(way, result, result(empty, way)));
      errors += result.errors();
    }
    rows.add(
        new BenchmarkRow("gRPC errors, limit 0", errors, "answers", 0, errors == 0 ? 1 : 0, 1.0));
    return rows;
  }

  private static H2Load.Result result(Map<H2Load.Way, H2Load.Result> results, H2Load.Way way) {
    return Objects.requireNonNull(results.get(way));
  }

  private static BenchmarkRow limit(H2Load.Way way, H2Load.Result ours, H2Load.Result empty) {
    return new BenchmarkRow(
        "gRPC single vector against an empty call of the same server, " + way.name(),
        ours.perSecond(),
        "requests/s",
        empty.perSecond(),
        ours.perSecond() / empty.perSecond(),
        null);
  }

  private static void add(
      List<BenchmarkRow> rows, H2Load.Way way, H2Load.Result ours, H2Load.Result theirs) {
    String what = "gRPC single vector against scikit-learn, " + way.name();
    rows.add(
        new BenchmarkRow(
            what,
            ours.perSecond(),
            "requests/s",
            theirs.perSecond(),
            ours.perSecond() / theirs.perSecond(),
            FASTER));
    rows.add(milliseconds(what + ", p50", ours.p50Ms(), theirs.p50Ms(), null));
    rows.add(milliseconds(what + ", p99", ours.p99Ms(), theirs.p99Ms(), FASTER));
  }

  private static BenchmarkRow milliseconds(
      String what, double ours, double theirs, @Nullable Double bound) {
    return new BenchmarkRow(what, ours, "ms", theirs, theirs / ours, bound);
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

  private static ModelInferRequest request() {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (float value : points()[0]) {
      contents.addFp32Contents(value);
    }
    return ModelInferRequest.newBuilder()
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

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
