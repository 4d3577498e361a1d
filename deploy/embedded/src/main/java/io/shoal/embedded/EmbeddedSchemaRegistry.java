package io.shoal.embedded;

import io.shoal.config.ConfigException;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A Confluent-compatible schema registry (Apicurio) as a child process on the loopback interface.
 * Its schemas and their ids lie in an H2 file, so that they survive restarts. The child ends with
 * this JVM, also when that is killed.
 */
public final class EmbeddedSchemaRegistry implements AutoCloseable {
  /** System property: the folder with the registry's runnable jar, which the build unpacks. */
  public static final String HOME_PROPERTY = "shoal.schema.registry.home";

  private static final String HOST = "127.0.0.1";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Process process;
  private final Thread killer;
  private final String url;

  private EmbeddedSchemaRegistry(Process process, String url) {
    this.process = process;
    this.url = url;
    this.killer = new Thread(process::destroyForcibly, "schema-registry-killer");
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /**
   * Starts a registry and waits until it answers.
   *
   * @param directory of its data and its log
   * @param port 0 for a free one
   * @throws ConfigException when the port is taken, the program is missing or it does not come up
   */
  public static EmbeddedSchemaRegistry start(Path directory, int port) {
    int httpPort = Ports.freeOr(port, "schema registry");
    Path log = directory.resolve("schema-registry.log");
    try {
      Files.createDirectories(directory);
      EmbeddedSchemaRegistry registry =
          new EmbeddedSchemaRegistry(
              new ProcessBuilder(command(directory.toAbsolutePath(), httpPort))
                  .redirectErrorStream(true)
                  .redirectOutput(log.toFile())
                  .start(),
              "http://" + HOST + ":" + httpPort + "/apis/ccompat/v7");
      registry.awaitReady(log);
      return registry;
    } catch (IOException e) {
      throw new ConfigException(
          "cannot start the schema registry in " + directory + ": " + e.getMessage(), e);
    }
  }

  /** The Confluent-compatible base URL for clients. */
  public String url() {
    return url;
  }

  /** Stops the child process; its data stays. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException shuttingDown) {
      // The JVM is going down: the hook runs anyway and finds the process dead.
      process.destroyForcibly();
    }
  }

  private static List<String> command(Path directory, int port) throws IOException {
    Path runnable = runnableJar();
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx192m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Dquarkus.http.host=" + HOST,
        "-Dquarkus.http.port=" + port,
        "-Dquarkus.datasource.jdbc.url=jdbc:h2:file:" + directory.resolve("schemas"),
        "-Dquarkus.datasource.jdbc.initial-size=1",
        "-Dquarkus.datasource.jdbc.min-size=1",
        "-Dquarkus.datasource.jdbc.max-size=8",
        "-Dquarkus.log.level=WARN",
        "-cp",
        classes() + File.pathSeparator + runnable,
        ChildProcess.class.getName(),
        mainClass(runnable));
  }

  /** Where this class and {@link ChildProcess} come from. */
  private static Path classes() {
    return Path.of(
        URI.create(
            EmbeddedSchemaRegistry.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
  }

  private static String mainClass(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
    }
  }

  private static Path runnableJar() throws IOException {
    String home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      throw new ConfigException(
          "the system property "
              + HOME_PROPERTY
              + " is not set; start Shoal with its launcher, or set it to the folder of the schema registry");
    }
    if (!Files.isDirectory(Path.of(home))) {
      throw new ConfigException(
          HOME_PROPERTY + "=" + home + " is no folder; build Shoal again with ./shoal");
    }
    try (Stream<Path> files = Files.list(Path.of(home))) {
      return files
          .filter(f -> f.getFileName().toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new ConfigException(
                      "no *-runner.jar in " + home + "; build Shoal again with ./shoal"));
    }
  }

  private void awaitReady(Path log) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/subjects"))
            .timeout(Duration.ofSeconds(5))
            .build();
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new ConfigException(
              "the schema registry ended with exit code "
                  + process.exitValue()
                  + " while starting; see "
                  + log);
        }
        if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not listening yet: that is what we wait for.
      } catch (InterruptedException e) {
        close();
        Thread.currentThread().interrupt();
        throw new ConfigException("interrupted while the schema registry was starting", e);
      }
    }
    close();
    throw new ConfigException(
        "the schema registry did not answer within "
            + START_TIMEOUT.toSeconds()
            + " s; see "
            + log);
  }
}
