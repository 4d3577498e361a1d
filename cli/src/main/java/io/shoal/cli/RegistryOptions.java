package io.shoal.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.shoal.config.ConfigException;
import io.shoal.registry.client.ModelRegistryClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which registry is asked, as whom, and how its answers are printed. */
final class RegistryOptions {
  private static final String URL = "SHOAL_REGISTRY_URL";
  private static final String DEFAULT_URL = "http://127.0.0.1:8090";
  private static final JsonMapper DOCUMENTS =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description =
          "The registry. Default: SHOAL_REGISTRY_URL, else "
              + DEFAULT_URL
              + ". A token is taken from SHOAL_REGISTRY_TOKEN.")
  private @Nullable String url;

  @Option(
      names = "--registry-ca",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of the authority that vouches for an https registry. Default: "
              + ModelRegistryClient.CA
              + ", else those that Java trusts.")
  private @Nullable Path ca;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "How answers are printed: table, json or yaml (default: table).")
  private Output output = Output.TABLE;

  ModelRegistryClient client() {
    String address = url == null ? System.getenv(URL) : url;
    return client(address == null ? DEFAULT_URL : address, ca);
  }

  /**
   * A client of the registry there.
   *
   * @param ca file of the authorities to trust; null for those of the platform
   * @throws ConfigException when it is no address, or the file cannot be used
   */
  static ModelRegistryClient client(String address, @Nullable Path ca) {
    URI uri = uri(address);
    try {
      return ModelRegistryClient.fromEnvironment(uri, ca);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  private static URI uri(String address) {
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new ConfigException(
        "'" + address + "' is no URL of a registry; give one such as " + DEFAULT_URL);
  }

  boolean hasToken() {
    return System.getenv(ModelRegistryClient.TOKEN) != null;
  }

  /** Prints an answer as a document, or the table that is made of it. */
  void print(@Nullable Object answer, Supplier<String> table) {
    System.out.print(
        output == Output.TABLE ? table.get() : output.text(DOCUMENTS.valueToTree(answer)));
  }
}
