package io.shoal.inference;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.ExceptionHandlerFunction;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The protocol over REST, under {@code /v2}. */
final class RestInference {
  private static final Logger log = LoggerFactory.getLogger(RestInference.class);

  private final Inference inference;
  private final BooleanSupplier ready;

  RestInference(Inference inference, BooleanSupplier ready) {
    this.inference = inference;
    this.ready = ready;
  }

  /** What the server is. */
  @Get("/v2")
  public HttpResponse server() {
    return HttpResponse.ofJson(
        Map.of("name", ServerInfo.NAME, "version", ServerInfo.VERSION, "extensions", List.of()));
  }

  /** Whether it answers. */
  @Get("/v2/health/live")
  public HttpResponse live() {
    return HttpResponse.ofJson(Map.of("live", true));
  }

  /** Whether all of its models score. */
  @Get("/v2/health/ready")
  public HttpResponse ready() {
    boolean now = ready.getAsBoolean();
    return HttpResponse.ofJson(status(now), Map.of("ready", now));
  }

  /** What a model takes and gives. */
  @Get("/v2/models/{model}")
  public HttpResponse metadata(@Param String model) {
    return HttpResponse.ofJson(metadata(inference.models().find(model, null)));
  }

  /** What a version takes and gives. */
  @Get("/v2/models/{model}/versions/{version}")
  public HttpResponse metadata(@Param String model, @Param String version) {
    return HttpResponse.ofJson(metadata(inference.models().find(model, version)));
  }

  /** Whether a model scores. */
  @Get("/v2/models/{model}/ready")
  public HttpResponse modelReady(@Param String model) {
    return ready(model, null);
  }

  /** Whether a version scores. */
  @Get("/v2/models/{model}/versions/{version}/ready")
  public HttpResponse modelReady(@Param String model, @Param String version) {
    return ready(model, version);
  }

  /** Scores rows. */
  @Post("/v2/models/{model}/infer")
  public HttpResponse infer(@Param String model, AggregatedHttpRequest request) {
    return infer(inference.models().find(model, null), request);
  }

  /** Scores rows by a version. */
  @Post("/v2/models/{model}/versions/{version}/infer")
  public HttpResponse infer(
      @Param String model, @Param String version, AggregatedHttpRequest request) {
    return infer(inference.models().find(model, version), request);
  }

  private HttpResponse infer(ServedModel model, AggregatedHttpRequest http) {
    return HttpResponse.of(
        inference
            .answer(Inference.isSmall(http.content().length()), () -> answer(model, http))
            .exceptionally(RestInference::explain));
  }

  private HttpResponse answer(ServedModel model, AggregatedHttpRequest http) {
    RestTensors.Request request = RestTensors.request(http.content().toInputStream());
    List<Output> outputs = Output.select(model, request.wanted());
    ScoredRows rows = inference.score(model, request.tensors());
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON,
        HttpData.wrap(RestTensors.response(request.id(), rows, outputs)));
  }

  private HttpResponse ready(String name, @Nullable String version) {
    boolean found =
        !inference.models().ready().isEmpty() && inference.models().find(name, version) != null;
    return HttpResponse.ofJson(status(found), Map.of("name", name, "ready", found));
  }

  private Map<String, Object> metadata(ServedModel model) {
    return Map.of(
        "name",
        model.name(),
        "versions",
        ServerInfo.versions(inference.models(), model),
        "platform",
        ServerInfo.PLATFORM,
        "inputs",
        List.of(
            Map.of(
                "name",
                ServerInfo.INPUT,
                "datatype",
                "FP32",
                "shape",
                List.of(-1, model.dimension()),
                "parameters",
                Map.of("features", model.features()))),
        "outputs",
        Output.of(model).stream()
            .map(
                output ->
                    Map.of(
                        "name",
                        output.tensorName(),
                        "datatype",
                        output.datatype(),
                        "shape",
                        output.shape(-1)))
            .toList());
  }

  private static HttpStatus status(boolean ready) {
    return ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
  }

  /** The protocol's form of an error. */
  static final class Errors implements ExceptionHandlerFunction {
    @Override
    public HttpResponse handleException(
        ServiceRequestContext context, HttpRequest request, Throwable cause) {
      return explain(cause);
    }
  }

  static HttpResponse explain(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof InvalidRequestException) {
      return error(HttpStatus.BAD_REQUEST, message);
    }
    if (cause instanceof UnknownModelException) {
      return error(HttpStatus.NOT_FOUND, message);
    }
    if (cause instanceof NoModelYetException || cause instanceof OverloadedException) {
      return error(HttpStatus.SERVICE_UNAVAILABLE, message);
    }
    if (cause instanceof HttpStatusException refused) {
      return error(refused.httpStatus(), refused.httpStatus().reasonPhrase());
    }
    log.error("a request failed", cause);
    return error(HttpStatus.INTERNAL_SERVER_ERROR, "the server failed; its log says why");
  }

  private static HttpResponse error(HttpStatus status, String message) {
    ResponseHeaders headers = ResponseHeaders.of(status);
    if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
      headers =
          headers.withMutations(
              all ->
                  all.set(
                      HttpHeaderNames.RETRY_AFTER, "" + OverloadedException.RETRY_AFTER_SECONDS));
    }
    return HttpResponse.ofJson(headers, Map.of("error", message));
  }
}
