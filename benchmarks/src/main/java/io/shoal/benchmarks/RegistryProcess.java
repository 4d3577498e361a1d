package io.shoal.benchmarks;

import io.shoal.registry.server.ModelRegistryServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A model registry in a JVM of its own. */
public final class RegistryProcess implements AutoCloseable {
  private static final String READY = "model registry: ";
  private static final long STOP_SECONDS = 10;

  private final Process process;
  private final String url;

  /** Whoever stops the benchmark by Ctrl-C stops the registry with it. */
  private final Thread atExit;

  private RegistryProcess(Process process, String url) {
    this.process = process;
    this.url = url;
    this.atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts it as users do and returns when it answers. */
  public static RegistryProcess start(Path config, int heapMib) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command(config)).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("SHOAL_JAVA_OPTS", "-Xmx" + heapMib + "m");
    Process process = builder.start();
    // Not closed: what the process writes later must find a reader.
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        return new RegistryProcess(process, line.substring(READY.length()));
      }
    }
    throw new IllegalStateException("the registry ended with " + process.exitValue());
  }

  /** The launcher's; without one, this JVM's class path. */
  private static List<String> command(Path config) {
    String launcher = System.getProperty("shoal.launcher");
    if (launcher != null) {
      return List.of(launcher, "start", "registry", "--config", config.toString());
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // As the launcher does.
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        ModelRegistryServer.class.getName(),
        config.toString());
  }

  /** Base URL. */
  public String url() {
    return url;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
