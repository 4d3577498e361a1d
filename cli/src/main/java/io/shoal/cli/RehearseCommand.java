package io.shoal.cli;

import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.registry.server.RegistryConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Starts a registry without a Kafka, asks it a little, and ends: the launcher runs it once after a
 * build and lets the JVM keep what it loaded (class data sharing), so that every later start is
 * twice as fast.
 */
@Command(
    name = "rehearse",
    description = "Loads what a start loads; the launcher keeps it for later starts.",
    hidden = true,
    mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
  /** Nothing listens there. */
  private static final String NOWHERE = "127.0.0.1:1";

  private static final List<String> QUESTIONS =
      List.of(
          "/api/v1/models",
          "/api/v1/models/default",
          "/api/v1/models/default/versions?limit=1",
          "/api/v1/models/default/audit",
          "/api/2.0/mlflow/registered-models/search");

  @Mixin private LogOptions log = new LogOptions();

  @Override
  public Integer call() throws Exception {
    log.toConsole();
    Path folder = Files.createTempDirectory("shoal-rehearsal");
    try (ModelRegistryServer registry =
        new ModelRegistryServer(
            new RegistryConfig(
                Map.of(
                    RegistryConfig.BOOTSTRAP_SERVERS,
                    NOWHERE,
                    RegistryConfig.SCHEMA_REGISTRY_URL,
                    "http://" + NOWHERE,
                    RegistryConfig.HTTP_PORT,
                    "0",
                    RegistryConfig.DATA_DIR,
                    folder.toString())))) {
      registry.start();
      HttpClient http = HttpClient.newHttpClient();
      URI url = URI.create(registry.url());
      for (String question : QUESTIONS) {
        var unused =
            http.send(
                HttpRequest.newBuilder(url.resolve(question)).build(),
                HttpResponse.BodyHandlers.ofString());
      }
      ShoalCommand.commandLine().execute("models", "list", "--registry", url.toString());
    } finally {
      delete(folder);
    }
    return 0;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
