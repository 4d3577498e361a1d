package io.shoal.registry.server.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.annotation.Get;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The description of the API for tools. */
final class OpenApi {
  private static final MediaType YAML = MediaType.parse("application/yaml; charset=utf-8");

  private final byte[] document;

  OpenApi() {
    try (InputStream in =
        Objects.requireNonNull(OpenApi.class.getResourceAsStream("/openapi.yaml"))) {
      document = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading openapi.yaml from our own jar", e);
    }
  }

  @Get("/openapi.yaml")
  public HttpResponse document() {
    return HttpResponse.of(HttpStatus.OK, YAML, HttpData.wrap(document));
  }
}
