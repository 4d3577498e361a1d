package io.shoal.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** A sidecar in a process of its own, as users run it; it can be killed and started again. */
final class SidecarProcess implements AutoCloseable {
  private final Path folder;
  private final Path options;
  private Process process;

  /**
   * Starts one.
   *
   * @param folder of its state and log
   */
  SidecarProcess(Path folder, Map<String, String> options) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.options =
        Files.writeString(
            folder.resolve("sidecar.properties"),
            options.entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining("\n")));
    this.process = launch();
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            // A test starts many: they should be up soon rather than fast.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Sidecar.class.getName(),
            options.toString())
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** As kill -9 does: nothing is closed, nothing is said. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = launch();
  }

  /** Waits until it listens; its base URL. */
  String awaitUrl() throws IOException {
    // Not closed: it stays the process's output.
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      int url = line.indexOf("http://");
      if (url >= 0) {
        return line.substring(url);
      }
    }
    throw new IOException("the sidecar ended: " + Files.readString(folder.resolve("log")));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
