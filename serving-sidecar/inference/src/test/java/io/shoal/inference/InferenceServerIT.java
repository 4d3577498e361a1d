package io.shoal.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.shoal.inference.proto.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.shoal.inference.proto.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import io.shoal.inference.proto.InferTensorContents;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.inference.proto.ModelInferRequest.InferInputTensor;
import io.shoal.inference.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.shoal.inference.proto.ModelInferResponse;
import io.shoal.inference.proto.ModelMetadataRequest;
import io.shoal.inference.proto.ServerReadyRequest;
import io.shoal.kmeans.AnomalyScorer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real server, asked by real clients. */
class InferenceServerIT {
  private static final float[] ROW = {12, 11, 9};

  private final AtomicReference<List<ServedModel>> models =
      new AtomicReference<>(List.of(TestModel.version("2"), TestModel.version("1")));
  private final double expected = new AnomalyScorer(TestModel.data()).score(ROW).score;
  private final HttpClient http = HttpClient.newHttpClient();
  private InferenceServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        InferenceServer.start(
            new InferenceServer.Settings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, 1, 100_000, 100),
            models::get);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldScoreOverRest() throws Exception {
    HttpResponse<String> answer =
        post(
            "/v2/models/cards/infer",
            """
            {"id": "r1", "inputs": [
              {"name": "x", "datatype": "FP32", "shape": [2, 3], "data": [[12, 11, 9], [0, 0, 0]]}]}
            """);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = json(answer.body());
    assertThat(body.at("/id").asText()).isEqualTo("r1");
    assertThat(body.at("/model_version").asText()).isEqualTo("2");
    JsonNode score = body.at("/outputs/0");
    assertThat(score.get("name").asText()).isEqualTo("score");
    assertThat(score.get("shape").toString()).isEqualTo("[2]");
    assertThat(score.at("/data/0").asDouble()).isEqualTo(expected);
    assertThat(body.at("/outputs").findValuesAsText("name"))
        .containsExactly("score", "cluster_id", "distance2", "top_features", "top_shares");
    assertThat(body.at("/outputs/3/shape").toString()).isEqualTo("[2,3]");
    assertThat(body.at("/outputs/3/data/0").asText()).isIn(TestModel.FEATURES);
  }

  @Test
  void shouldScoreByTheVersionThatIsAskedFor() throws Exception {
    String request =
        """
        {"inputs": [{"name": "x", "datatype": "FP64", "shape": [3], "data": [12, 11, 9]}],
         "outputs": [{"name": "cluster_id"}]}
        """;

    JsonNode body = json(post("/v2/models/cards/versions/1/infer", request).body());

    assertThat(body.at("/model_version").asText()).isEqualTo("1");
    assertThat(body.at("/outputs").findValuesAsText("name")).containsExactly("cluster_id");
    HttpResponse<String> unknown = post("/v2/models/cards/versions/9/infer", request);
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("no model 'cards' in version '9'; ready: cards/2, cards/1");
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() throws Exception {
    assertRefused("{", "the body is no inference request at line 1");
    assertRefused("null", "the body is null");
    assertRefused("{}", "inputs: none");
    assertRefused(input("FP16", "[3]", "[1, 2, 3]"), "datatype 'FP16'");
    assertRefused(input("FP32", "[3]", "[1, 2, \"a\"]"), "element 2 is \\\"a\\\", not a number");
    assertRefused(input("FP32", "[3]", "[1, 2, 1e99]"), "feature 'mean': the value must be finite");
    assertRefused(input("FP32", "[2]", "[1, 2]"), "give one tensor of shape [n, 3]");
    HttpResponse<String> output =
        post("/v2/models/cards/infer", "{\"inputs\": [], \"outputs\": [{\"name\": \"risk\"}]}");
    assertThat(output.statusCode()).isEqualTo(400);
    assertThat(output.body()).contains("seen no labels");
  }

  @Test
  void shouldTellWhatItIsAndWhatItTakes() throws Exception {
    assertThat(get("/v2").body()).contains("\"name\":\"shoal\"");
    assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
    assertThat(get("/v2/models/cards/ready").statusCode()).isEqualTo(200);
    JsonNode metadata = json(get("/v2/models/cards").body());
    assertThat(metadata.get("versions").toString()).isEqualTo("[\"2\",\"1\"]");
    assertThat(metadata.at("/inputs/0/shape").toString()).isEqualTo("[-1,3]");
    assertThat(metadata.at("/inputs/0/parameters/features").toString())
        .isEqualTo("[\"amount\",\"count\",\"mean\"]");
    assertThat(get("/v2/models/other").statusCode()).isEqualTo(404);
    assertThat(get("/docs/").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldCountRequests() throws Exception {
    stub().modelInfer(grpc().build());
    get("/v2");

    assertThat(get("/metrics").body())
        .contains("shoal_inference_grpc_requests_total")
        .contains("method=\"ModelInfer\"")
        .contains("shoal_inference_waiting");
  }

  @Test
  void shouldNotBeReadyBeforeTheFirstModel() throws Exception {
    models.set(List.of());

    assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
    assertThat(stub().serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isFalse();
    HttpResponse<String> answer = post("/v2/models/cards/infer", input("FP32", "[3]", "[1, 2, 3]"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
    assertStatus(Status.Code.UNAVAILABLE, grpc().build());
  }

  @Test
  void shouldScoreOverGrpc() {
    ModelInferResponse answer = stub().modelInfer(grpc().setId("g1").build());

    assertThat(answer.getId()).isEqualTo("g1");
    assertThat(answer.getModelVersion()).isEqualTo("2");
    assertThat(answer.getOutputs(0).getName()).isEqualTo("score");
    assertThat(answer.getOutputs(0).getShapeList()).containsExactly(1L);
    assertThat(answer.getOutputs(0).getContents().getFp64Contents(0)).isEqualTo(expected);
    assertThat(answer.getOutputsCount()).isEqualTo(5);
  }

  @Test
  void shouldScoreRawBytesOverGrpc() {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(ROW);
    ModelInferResponse answer =
        stub()
            .modelInfer(
                ModelInferRequest.newBuilder()
                    .setModelName("cards")
                    .addInputs(
                        InferInputTensor.newBuilder()
                            .setName("x")
                            .setDatatype("FP32")
                            .addShape(1)
                            .addShape(3))
                    .addRawInputContents(ByteString.copyFrom(bytes.array()))
                    .addOutputs(InferRequestedOutputTensor.newBuilder().setName("score"))
                    .build());

    assertThat(answer.getOutputsList()).hasSize(1);
    assertThat(answer.getOutputs(0).getContents().getFp64Contents(0))
        .isCloseTo(expected, within(0.0));
  }

  @Test
  void shouldSayWhatIsWrongOverGrpc() {
    assertStatus(Status.Code.NOT_FOUND, grpc().setModelName("other").build());
    assertStatus(Status.Code.NOT_FOUND, grpc().setModelVersion("9").build());
    assertStatus(Status.Code.INVALID_ARGUMENT, grpc().clearInputs().build());
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        grpc().addRawInputContents(ByteString.EMPTY).addRawInputContents(ByteString.EMPTY).build());
    assertThat(
            stub()
                .modelMetadata(ModelMetadataRequest.newBuilder().setName("cards").build())
                .getVersionsList())
        .containsExactly("2", "1");
  }

  @Test
  void shouldRefuseMoreThanCanWaitAndAnswerTheRest() {
    int rows = 20_000;
    String body = input("FP32", "[%d, 3]".formatted(rows), "[" + "1,".repeat(3 * rows - 1) + "1]");
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v2/models/cards/infer"))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    List<HttpResponse<String>> answers =
        Stream.generate(() -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
            .limit(24)
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(answers)
        .extracting(HttpResponse::statusCode)
        .contains(200, 503)
        .containsOnly(200, 503);
    assertThat(answers)
        .filteredOn(answer -> answer.statusCode() == 503)
        .allSatisfy(
            answer -> {
              assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
              assertThat(answer.body()).contains("requests wait already");
            });
  }

  @Test
  void shouldRefuseMoreThanCanWaitOverGrpcToo() {
    int rows = 20_000;
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (int i = 0; i < 3 * rows; i++) {
      contents.addFp32Contents(1);
    }
    ModelInferRequest request =
        grpc()
            .setInputs(0, grpc().getInputs(0).toBuilder().setShape(0, rows).setContents(contents))
            .build();
    GRPCInferenceServiceFutureStub stub =
        GrpcClients.newClient(
            "gproto+http://127.0.0.1:" + server.port() + "/", GRPCInferenceServiceFutureStub.class);
    List<Status.Code> codes = new ArrayList<>();
    List<ListenableFuture<ModelInferResponse>> answers =
        Stream.generate(() -> stub.modelInfer(request)).limit(24).toList();
    for (ListenableFuture<ModelInferResponse> answer : answers) {
      try {
        assertThat(answer.get().getOutputs(0).getShape(0)).isEqualTo(rows);
        codes.add(Status.Code.OK);
      } catch (ExecutionException e) {
        Metadata trailers = Status.trailersFromThrowable(e.getCause());
        assertThat(trailers).as("%s", e).isNotNull();
        assertThat(trailers.get(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER)))
            .isEqualTo("1");
        codes.add(Status.fromThrowable(e.getCause()).getCode());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(codes)
        .contains(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED)
        .containsOnly(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
  }

  private void assertStatus(Status.Code code, ModelInferRequest request) {
    assertThatThrownBy(() -> stub().modelInfer(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).as("%s", e).isEqualTo(code));
  }

  private void assertRefused(String body, String message) throws Exception {
    HttpResponse<String> answer = post("/v2/models/cards/infer", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains(message);
  }

  private static String input(String datatype, String shape, String data) {
    return "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": %s, \"data\": %s}]}"
        .formatted(datatype, shape, data);
  }

  private static ModelInferRequest.Builder grpc() {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (float value : ROW) {
      contents.addFp32Contents(value);
    }
    return ModelInferRequest.newBuilder()
        .setModelName("cards")
        .addInputs(
            InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(3)
                .setContents(contents));
  }

  private GRPCInferenceServiceBlockingStub stub() {
    return GrpcClients.newClient(
        "gproto+http://127.0.0.1:" + server.port() + "/", GRPCInferenceServiceBlockingStub.class);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private static JsonNode json(String body) throws IOException {
    return JsonMapper.builder().build().readTree(body);
  }
}
