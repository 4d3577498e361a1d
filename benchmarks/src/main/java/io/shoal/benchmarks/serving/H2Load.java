package io.shoal.benchmarks.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * nghttp2's load generator: written in C, on one thread, it costs little beside either server. It
 * knows nothing of gRPC; that every answer is one is told by the bytes that came.
 */
final class H2Load {
  private static final Pattern RATE = Pattern.compile("finished in .*, ([\\d.]+) req/s");
  private static final Pattern DONE = Pattern.compile("requests: .* (\\d+) succeeded");
  private static final Pattern DATA = Pattern.compile("traffic: .*\\((\\d+)\\) data");
  private static final int ESTIMATE = 2_000;

  private final Path request;
  private final Path log;

  /**
   * What came of it.
   *
   * @param perSecond answers
   * @param errors answers that were none
   */
  record Result(double perSecond, double p50Ms, double p99Ms, long errors) {
    Result better(Result other) {
      return other.perSecond > perSecond ? other : this;
    }
  }

  /**
   * How it asks.
   *
   * @param connections of the one thread
   * @param streams requests on the way on each of them, at any time
   */
  record Way(String name, int connections, int streams) {}

  private H2Load(Path request, Path log) {
    this.request = request;
    this.log = log;
  }

  /**
   * One that sends this frame.
   *
   * @param folder for its files
   * @throws IOException with what to do, when it is not installed
   */
  static H2Load of(byte[] frame, Path folder) throws IOException, InterruptedException {
    try {
      run(List.of("h2load", "--version"));
    } catch (IOException e) {
      throw new IOException(
          "h2load is missing: install nghttp2-client (Debian, Ubuntu) or nghttp2 (Fedora, Homebrew)",
          e);
    }
    return new H2Load(Files.write(folder.resolve("request"), frame), folder.resolve("latencies"));
  }

  /**
   * Asks for about so long.
   *
   * @param answerBytes that each answer has
   */
  Result run(String url, Way way, Duration duration, int answerBytes)
      throws IOException, InterruptedException {
    double perSecond = number(RATE, ask(url, way, ESTIMATE));
    long requests = Math.max(ESTIMATE, (long) (perSecond * duration.toMillis() / 1e3));
    String report = ask(url, way, requests);
    long[] latenciesUs = latenciesUs();
    long answers = Math.min((long) number(DONE, report), (long) number(DATA, report) / answerBytes);
    return new Result(
        number(RATE, report),
        percentile(latenciesUs, 0.5) / 1e3,
        percentile(latenciesUs, 0.99) / 1e3,
        requests - answers);
  }

  private String ask(String url, Way way, long requests) throws IOException, InterruptedException {
    Files.deleteIfExists(log);
    return run(
        List.of(
            "h2load",
            "--requests=" + requests,
            "--threads=1",
            "--clients=" + way.connections(),
            "--max-concurrent-streams=" + way.streams(),
            "--data=" + request,
            "--header=content-type: application/grpc",
            "--header=te: trailers",
            "--log-file=" + log,
            url));
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + output);
    }
    return output;
  }

  private static double number(Pattern pattern, String report) throws IOException {
    Matcher number = pattern.matcher(report);
    if (!number.find()) {
      throw new IOException("h2load did not get through: " + report);
    }
    return Double.parseDouble(number.group(1));
  }

  /** Sorted. A row is: start, status, microseconds until the end of the answer. */
  private long[] latenciesUs() throws IOException {
    try (Stream<String> rows = Files.lines(log)) {
      return rows.mapToLong(row -> Long.parseLong(row.substring(row.lastIndexOf('\t') + 1)))
          .sorted()
          .toArray();
    }
  }

  private static long percentile(long[] sorted, double p) throws IOException {
    if (sorted.length == 0) {
      throw new IOException("no request was answered");
    }
    return sorted[(int) Math.ceil(p * sorted.length) - 1];
  }
}
