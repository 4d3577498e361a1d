package io.shoal.benchmarks.stream;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A topology in a JVM of its own, from this JVM's class path. */
final class StreamProcess implements AutoCloseable {
  /** What the images have. */
  static final int HEAP_MB = 512;

  private static final long STOP_SECONDS = 15;
  private static final Pattern ALLOCATED = Pattern.compile(" allocated=(\\d+)([BKMGT])");

  private final Process process;
  private final String greeting;

  /** Whoever stops the benchmark by Ctrl-C stops the topology with it. */
  private final Thread atExit;

  private StreamProcess(Process process, String greeting) {
    this.process = process;
    this.greeting = greeting;
    this.atExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts a main class with a properties file; returns at its first line. */
  static StreamProcess start(Class<?> main, Map<String, String> options, int heapMb, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    Path file =
        Files.writeString(
            folder.resolve("options.properties"),
            options.entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue())
                .collect(Collectors.joining("\n")));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                // As in the images: all of it from the start, in huge pages.
                "-Xms" + heapMb + "m",
                "-Xmx" + heapMb + "m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UseTransparentHugePages",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                file.toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    // Not closed: what the process writes later must find a reader.
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    while (line != null && line.startsWith("WARNING")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException(
          main.getSimpleName() + " ended: " + Files.readString(folder.resolve("log")));
    }
    return new StreamProcess(process, line);
  }

  /** Its first line. */
  String greeting() {
    return greeting;
  }

  /** Bytes that its living threads have allocated so far, to about a hundredth. */
  double allocatedBytes() throws IOException {
    Process threads =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                "Thread.print",
                "-e")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = threads.inputReader(StandardCharsets.UTF_8)) {
      return out.lines()
          .map(ALLOCATED::matcher)
          .filter(Matcher::find)
          .mapToDouble(StreamProcess::bytes)
          .sum();
    }
  }

  private static double bytes(MatchResult allocated) {
    int unit = "BKMGT".indexOf(allocated.group(2));
    return Long.parseLong(allocated.group(1)) * Math.pow(1_024, unit);
  }

  /** As kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
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
