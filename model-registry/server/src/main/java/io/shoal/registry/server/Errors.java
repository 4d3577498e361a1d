package io.shoal.registry.server;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures into MLflow's error form: {@code {"error_code": ..., "message": ...}}. */
final class Errors implements ServerErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  /** The body of an error. */
  record Body(String error_code, String message) {}

  @Override
  public HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    if (cause instanceof HttpResponseException answered) {
      return answered.httpResponse();
    }
    if (cause instanceof RegistryException refused) {
      HttpStatus status =
          switch (refused.code()) {
            case RESOURCE_DOES_NOT_EXIST -> HttpStatus.NOT_FOUND;
            case INVALID_PARAMETER_VALUE -> HttpStatus.BAD_REQUEST;
            case CONFLICT -> HttpStatus.CONFLICT;
          };
      return answer(status, refused.code().name(), String.valueOf(refused.getMessage()));
    }
    if (cause instanceof HttpStatusException refused) {
      HttpStatus status = refused.httpStatus();
      return HttpResponse.ofJson(status, body(status, context.path(), null));
    }
    if (cause instanceof ContentTooLargeException) {
      return answer(
          HttpStatus.REQUEST_ENTITY_TOO_LARGE, "BAD_REQUEST", "the request's body is too large");
    }
    if (cause instanceof IllegalArgumentException) {
      return answer(
          HttpStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", String.valueOf(cause.getMessage()));
    }
    log.error("{} {} failed", context.method(), context.path(), cause);
    return answer(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "the registry failed; its log says why");
  }

  @Override
  public @Nullable AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    String path = headers == null ? "this" : headers.path();
    return HttpResponse.ofJson(status, body(status, path, description)).aggregate().join();
  }

  private static Body body(HttpStatus status, String path, @Nullable String description) {
    if (status.equals(HttpStatus.NOT_FOUND)) {
      return new Body("ENDPOINT_NOT_FOUND", path + " is no address of the registry; / lists them");
    }
    return new Body("BAD_REQUEST", description == null ? status.reasonPhrase() : description);
  }

  private static HttpResponse answer(HttpStatus status, String code, String message) {
    return HttpResponse.ofJson(status, new Body(code, message));
  }
}
