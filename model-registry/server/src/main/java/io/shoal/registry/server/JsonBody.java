package io.shoal.registry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.RequestConverterFunction;
import io.shoal.registry.server.RegistryException.Code;
import java.lang.reflect.ParameterizedType;
import org.jspecify.annotations.Nullable;

/** Reads a request's body as JSON, whatever its content type says: curl's says something else. */
final class JsonBody implements RequestConverterFunction {
  private final JsonMapper json;

  JsonBody(JsonMapper json) {
    this.json = json;
  }

  @Override
  public @Nullable Object convertRequest(
      ServiceRequestContext context,
      AggregatedHttpRequest request,
      Class<?> expected,
      @Nullable ParameterizedType parameters) {
    if (!expected.isRecord()) {
      return RequestConverterFunction.fallthrough();
    }
    try {
      Object body = json.readValue(request.contentUtf8(), expected);
      if (body != null) {
        return body;
      }
      throw unreadable("it is null");
    } catch (JsonProcessingException e) {
      throw unreadable(e.getOriginalMessage());
    }
  }

  private static RegistryException unreadable(String cause) {
    return new RegistryException(
        Code.INVALID_PARAMETER_VALUE, "the body must be a JSON object as asked for: " + cause);
  }
}
