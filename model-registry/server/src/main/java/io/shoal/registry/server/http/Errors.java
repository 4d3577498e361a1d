package io.shoal.registry.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.shoal.registry.server.objects.ObjectStoreUnavailableException;
import io.shoal.registry.server.store.DamagedArtifactException;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures into MLflow's error form: {@code {"error_code": ..., "message": ...}}. */
public final class Errors implements ServerErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final int RETRY_SECONDS = 1;

  /** The body of an error. */
  record Body(String error_code, String message) {}

  @Override
  public HttpResponse onServiceException(ServiceRequestContext context, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof HttpResponseException answered) {
      return answered.httpResponse();
    }
    if (cause instanceof RegistryException refused) {
      return refused(refused);
    }
    if (cause instanceof HttpStatusException refused) {
      HttpStatus status = refused.httpStatus();
      return HttpResponse.ofJson(status, body(status, context.path(), null));
    }
    if (cause instanceof ContentTooLargeException) {
      HttpStatus status = HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      return HttpResponse.ofJson(status, body(status, context.path(), null));
    }
    if (cause instanceof IllegalArgumentException) {
      return answer(
          HttpStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", String.valueOf(cause.getMessage()));
    }
    if (cause instanceof RequestTimeoutException) {
      return unavailable("the registry has too much to do; try again in a moment");
    }
    if (cause instanceof ObjectStoreUnavailableException) {
      log.warn("{} {}: {}", context.method(), context.path(), cause.getMessage());
      return unavailable("the object store does not answer; try again in a moment");
    }
    if (cause instanceof DamagedArtifactException) {
      log.error("{} {}: {}", context.method(), context.path(), cause.getMessage());
      return answer(
          HttpStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", String.valueOf(cause.getMessage()));
    }
    return failed(context, cause);
  }

  private static HttpResponse failed(ServiceRequestContext context, Throwable cause) {
    String state = sqlState(cause);
    if (state.startsWith("22")) { // data exception: a text that no column holds
      return answer(
          HttpStatus.BAD_REQUEST,
          "INVALID_PARAMETER_VALUE",
          "a value is too long or has characters that cannot be kept");
    }
    if (state.isEmpty() || state.startsWith("42")) { // no database, or our own wrong statement
      log.error("{} {} failed", context.method(), context.path(), cause);
      return answer(
          HttpStatus.INTERNAL_SERVER_ERROR,
          "INTERNAL_ERROR",
          "the registry failed; its log says why");
    }
    log.warn("{} {}: the database is away: {}", context.method(), context.path(), cause.toString());
    return unavailable("the database does not answer; try again in a moment");
  }

  private static HttpResponse unavailable(String message) {
    return HttpResponse.ofJson(
        ResponseHeaders.of(
            HttpStatus.SERVICE_UNAVAILABLE, HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS),
        new Body("TEMPORARILY_UNAVAILABLE", message));
  }

  /** The SQL state of the innermost database error; empty when it is none. */
  private static String sqlState(Throwable failure) {
    String state = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        // A pool that cannot connect says so without a state.
        state = sql.getSQLState() == null ? "08000" : sql.getSQLState();
      }
    }
    return state;
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

  @Override
  public @Nullable AggregatedHttpResponse onProtocolViolation(
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return renderStatus(null, config, headers, status, description, cause);
  }

  /** The answer beyond the rate. */
  static HttpResponse tooMany() {
    return HttpResponse.ofJson(
        ResponseHeaders.of(
            HttpStatus.TOO_MANY_REQUESTS, HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS),
        new Body(
            "REQUEST_LIMIT_EXCEEDED", "too many requests; http.requests.per.second is the bound"));
  }

  /** The answer to a form. */
  static HttpResponse noForms() {
    return answer(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "INVALID_PARAMETER_VALUE",
        "multipart forms are not taken; send JSON, and versions as application/avro");
  }

  private static Body body(HttpStatus status, String path, @Nullable String description) {
    if (status.equals(HttpStatus.NOT_FOUND)) {
      return new Body(
          "ENDPOINT_NOT_FOUND", path + " is no address of the registry; /api lists them");
    }
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return new Body(
          "BAD_REQUEST", "the request's body is too large; http.request.bytes.max is the bound");
    }
    return new Body("BAD_REQUEST", description == null ? status.reasonPhrase() : description);
  }

  private static HttpResponse refused(RegistryException refused) {
    HttpStatus status = HttpStatus.valueOf(refused.code().status());
    ResponseHeadersBuilder headers = ResponseHeaders.builder(status);
    if (refused.code() == Code.UNAUTHENTICATED) {
      headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    return HttpResponse.ofJson(
        headers.build(), new Body(refused.code().name(), String.valueOf(refused.getMessage())));
  }

  private static HttpResponse answer(HttpStatus status, String code, String message) {
    return HttpResponse.ofJson(status, new Body(code, message));
  }
}
