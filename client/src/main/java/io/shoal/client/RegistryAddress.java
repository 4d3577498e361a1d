package io.shoal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version in a model registry.
 *
 * @param registry its address, without a path
 * @param model name
 * @param version a number, or {@code @} and an alias
 */
record RegistryAddress(String registry, String model, String version) {
  private static final Pattern FORM = Pattern.compile("(https?://[^/]+)/([^/@]+)(@[^/@]+|/\\d+)/?");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OK = 200;

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException when it has another form
   */
  static RegistryAddress parse(String address) {
    Matcher parts = FORM.matcher(address);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          address
              + " is no version in a registry; use http://HOST:PORT/MODEL@ALIAS or"
              + " http://HOST:PORT/MODEL/VERSION");
    }
    String version = parts.group(3);
    return new RegistryAddress(
        parts.group(1), parts.group(2), version.startsWith("/") ? version.substring(1) : version);
  }

  /** The version's artifact. */
  InputStream open() throws IOException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    String models = registry + "/api/v1/models/" + model;
    String number = version.startsWith("@") ? resolve(client, models) : version;
    return new ByteArrayInputStream(get(client, models + "/versions/" + number + "/artifact"));
  }

  private String resolve(HttpClient client, String models) throws IOException {
    String alias = version.substring(1);
    for (JsonNode row : JsonMapper.builder().build().readTree(get(client, models + "/aliases"))) {
      if (row.path("alias").asText().equals(alias)) {
        return row.path("version").asText();
      }
    }
    throw new IOException(models + ": no version has the alias '" + alias + "'");
  }

  private static byte[] get(HttpClient client, String url) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != OK) {
        String body = new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
        throw new IOException(url + " answers " + response.statusCode() + ": " + body);
      }
      return response.body();
    } catch (java.net.ConnectException e) {
      throw new IOException(url + ": nothing listens there; is the registry up?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(url);
    }
  }
}
