package io.shoal.client;

import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version in a model registry.
 *
 * @param registry its address, without a path
 * @param model name
 * @param version a number, or {@code @} and an alias
 */
record RegistryAddress(URI registry, String model, String version) {
  private static final Pattern FORM = Pattern.compile("(https?://[^/]+)/([^/@]+)(@[^/@]+|/\\d+)/?");

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
        URI.create(parts.group(1)),
        parts.group(2),
        version.startsWith("/") ? version.substring(1) : version);
  }

  /**
   * The version's artifact.
   *
   * @throws IOException when the registry does not answer, or has no such version
   */
  InputStream open() throws IOException {
    try {
      ModelRegistryClient client = ModelRegistryClient.fromEnvironment(registry, null);
      long number =
          version.startsWith("@") ? resolve(client, version.substring(1)) : Long.parseLong(version);
      return new ByteArrayInputStream(client.export(model, number, "avro"));
    } catch (ModelRegistryException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private long resolve(ModelRegistryClient client, String alias) throws IOException {
    return client.aliases(model).stream()
        .filter(row -> row.alias().equals(alias))
        .findFirst()
        .orElseThrow(
            () -> new IOException("no version of " + model + " has the alias '" + alias + "'"))
        .version();
  }
}
