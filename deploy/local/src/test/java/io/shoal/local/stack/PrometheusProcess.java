package io.shoal.local.stack;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shoal.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A Prometheus that reads some services each second. Without the program a test is skipped, unless
 * SHOAL_REQUIRE_PROMETHEUS is true, as in CI.
 */
final class PrometheusProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private PrometheusProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param services base URLs by job
   */
  static PrometheusProcess start(Path folder, Path rules, Map<String, String> services)
      throws IOException {
    int port = Ports.free();
    Files.createDirectories(folder);
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: ["
            + rules.toAbsolutePath()
            + "]\nscrape_configs:\n"
            + services.entrySet().stream()
                .map(
                    s ->
                        "  - {job_name: %s, static_configs: [{targets: ['%s']}]}\n"
                            .formatted(s.getKey(), s.getValue().replace("http://", "")))
                .collect(Collectors.joining()));
    Process started;
    try {
      started =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + config,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("prometheus.log").toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(
          Boolean.parseBoolean(System.getenv("SHOAL_REQUIRE_PROMETHEUS")),
          "no Prometheus here; Debian's package prometheus has it");
      throw e;
    }
    PrometheusProcess prometheus = new PrometheusProcess(started, "http://127.0.0.1:" + port);
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> prometheus.get("/api/v1/status/runtimeinfo").has("data"));
    } catch (RuntimeException e) {
      prometheus.close();
      throw e;
    }
    return prometheus;
  }

  /** Whether a query of a dashboard has a value now. */
  boolean hasData(String query) throws IOException {
    String now = query.replace("$__rate_interval", "10s");
    JsonNode answer = get("/api/v1/query?query=" + URLEncoder.encode(now, StandardCharsets.UTF_8));
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException(now + ": " + answer);
    }
    for (JsonNode series : answer.at("/data/result")) {
      if (!series.at("/value/1").asText().equals("NaN")) {
        return true;
      }
    }
    return false;
  }

  /** How each alert rule fares: ok, unknown before its first evaluation, or err. */
  List<String> ruleHealth() throws IOException {
    List<String> health = new ArrayList<>();
    for (JsonNode group : get("/api/v1/rules").at("/data/groups")) {
      group.get("rules").forEach(rule -> health.add(rule.get("health").asText()));
    }
    return health;
  }

  /** Of everything that was read. */
  List<String> metricNames() throws IOException {
    List<String> names = new ArrayList<>();
    get("/api/v1/label/__name__/values").get("data").forEach(name -> names.add(name.asText()));
    return names;
  }

  private JsonNode get(String path) throws IOException {
    try {
      return JSON.readTree(
          http.send(
                  HttpRequest.newBuilder(URI.create(url + path)).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
