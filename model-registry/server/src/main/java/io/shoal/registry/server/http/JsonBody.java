package io.shoal.registry.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.RequestConverterFunction;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.lang.reflect.ParameterizedType;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body as JSON, whatever its content type says (curl's says something else), and
 * hands over who calls.
 */
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
    if (expected == Caller.class) {
      return Guard.caller(context);
    }
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
