package io.shoal.registry.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.ExceptionHandlerFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures into MLflow's error form: {@code {"error_code": ..., "message": ...}}. */
final class Errors implements ExceptionHandlerFunction {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  /** The body of an error. */
  record Body(String error_code, String message) {}

  @Override
  public HttpResponse handleException(
      ServiceRequestContext context, HttpRequest request, Throwable cause) {
    if (cause instanceof RegistryException refused) {
      HttpStatus status =
          switch (refused.code()) {
            case RESOURCE_DOES_NOT_EXIST -> HttpStatus.NOT_FOUND;
            case INVALID_PARAMETER_VALUE -> HttpStatus.BAD_REQUEST;
            case CONFLICT -> HttpStatus.CONFLICT;
          };
      return answer(status, refused.code().name(), String.valueOf(refused.getMessage()));
    }
    if (cause instanceof IllegalArgumentException || cause instanceof HttpStatusException) {
      return answer(
          HttpStatus.BAD_REQUEST, "INVALID_PARAMETER_VALUE", String.valueOf(cause.getMessage()));
    }
    log.error("{} {} failed", context.method(), context.path(), cause);
    return answer(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "the registry failed; its log says why");
  }

  private static HttpResponse answer(HttpStatus status, String code, String message) {
    return HttpResponse.ofJson(status, new Body(code, message));
  }
}
