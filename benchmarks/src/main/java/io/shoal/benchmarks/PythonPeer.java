package io.shoal.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Peers that are Python packages, in a virtual environment of their own under the user's cache
 * folder. Only benchmarks install them, never a build or a test.
 */
public final class PythonPeer {
  /** One thread each, whatever the library under them. */
  private static final Map<String, String> ONE_THREAD =
      Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1", "MKL_NUM_THREADS", "1");

  private final Path python;

  private PythonPeer(Path python) {
    this.python = python;
  }

  /**
   * The environment with these packages, installed where they are not yet.
   *
   * @throws IOException with what to do, when there is no Python or no way to the packages
   */
  public static PythonPeer install(List<String> packages, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path folder = Path.of(System.getProperty("user.home"), ".cache", "shoal", "peers");
    Path python = folder.resolve("bin/python");
    if (!Files.isExecutable(python)) {
      Files.createDirectories(folder);
      progress.accept("making a Python environment for peers in " + folder);
      call(List.of("python3", "-m", "venv", folder.toString()), "install Python 3 with its venv");
    }
    progress.accept("installing " + String.join(", ", packages) + " where missing");
    List<String> pip = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "-q"));
    pip.addAll(packages);
    call(pip, "is PyPI reached?");
    return new PythonPeer(python);
  }

  /**
   * Runs a script that lies beside {@code peers/} in the resources; returns what it printed.
   *
   * @throws IOException with its last words when it fails
   */
  public String run(String script, String... arguments) throws IOException, InterruptedException {
    Path file = write(script);
    try {
      return call(command(file, arguments), "see its words above");
    } finally {
      Files.delete(file);
    }
  }

  /**
   * Starts a script that serves until its standard input ends. Its own words go to this process's
   * standard error.
   */
  public Process start(String script, String... arguments) throws IOException {
    Path file = write(script);
    file.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command(file, arguments)).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(ONE_THREAD);
    return builder.start();
  }

  private static Path write(String script) throws IOException {
    try (@Nullable InputStream source = PythonPeer.class.getResourceAsStream("peers/" + script)) {
      if (source == null) {
        throw new IOException("no peer " + script);
      }
      return Files.write(Files.createTempFile("shoal-peer", ".py"), source.readAllBytes());
    }
  }

  private List<String> command(Path file, String... arguments) {
    List<String> command = new ArrayList<>(List.of(python.toString(), file.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String call(List<String> command, String advice)
      throws IOException, InterruptedException {
    File errors = File.createTempFile("shoal-peer", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
      builder.environment().putAll(ONE_THREAD);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + " failed (" + advice + "): " + tail(errors.toPath()));
      }
      return output;
    } finally {
      Files.delete(errors.toPath());
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
