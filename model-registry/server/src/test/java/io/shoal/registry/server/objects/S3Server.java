package io.shoal.registry.server.objects;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server with the S3 API (Adobe's S3Mock) as a process of its own, with one bucket. */
final class S3Server implements AutoCloseable {
  static final String BUCKET = "models";
  private static final Pattern PORT =
      Pattern.compile("Started ServerConnector.*\\{[^{}]*:(\\d+)\\}");

  private final Process process;
  private final Path root;
  private final int port;

  /** Starts one that keeps its objects under a folder, on a port that is free. */
  S3Server(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root);
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("shoal.s3.server"),
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--com.adobe.testing.s3mock.httpPort=0",
                "--com.adobe.testing.s3mock.domain.initialBuckets=" + BUCKET,
                "--com.adobe.testing.s3mock.domain.root=" + root,
                "--com.adobe.testing.s3mock.domain.retainFilesOnExit=true")
            .redirectErrorStream(true)
            .start();
    this.port = port();
  }

  private int port() throws IOException {
    StringBuilder said = new StringBuilder();
    // Not closed: what it says later must find a reader.
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      Matcher found = PORT.matcher(line);
      if (found.find()) {
        return Integer.parseInt(found.group(1));
      }
    }
    throw new IOException("the S3 server did not start:\n" + said);
  }

  S3ObjectStore.Location location() {
    return new S3ObjectStore.Location(
        BUCKET, URI.create("http://127.0.0.1:" + port), "us-east-1", "key", "secret");
  }

  /** The files in which it keeps the content of objects. */
  List<Path> contents() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.endsWith("binaryData")).toList();
    }
  }

  /** Stops answering, and keeps every connection open: the worst kind of outage. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Answers again. */
  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
