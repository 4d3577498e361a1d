package io.shoal.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shoal.embedded.Ports;
import io.shoal.jobs.TrainerConfig;
import io.shoal.local.demo.Demo;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoTarget;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import io.shoal.serving.SidecarConfig;
import java.io.IOException;
import java.net.URI;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the services tell, the documented table, the dashboards and the alert rules fit each other:
 * with traffic, read over HTTP and by a real Prometheus.
 */
class MonitoringIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Path DEPLOY = Path.of("..");
  private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:]+)[{ ]", Pattern.MULTILINE);
  private static final Pattern IN_RULES = Pattern.compile("\\b(?:shoal|kafka|flink|jvm)_\\w+");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static DataDirectory data;
  private static LocalStack stack;
  private static Demo demo;
  private static String trainer;

  @BeforeAll
  static void start() throws Exception {
    data = DataDirectory.open(folder.resolve("data"), false);
    int port = Ports.free();
    trainer = "http://127.0.0.1:" + port;
    stack =
        new LocalStack(
            data,
            Pipeline.of(
                "test",
                "",
                Map.of(
                    Service.TRAINER, Map.of(TrainerConfig.METRICS_PORT, String.valueOf(port)),
                    // The first grades after a day of traffic, not after a week.
                    Service.SIDECAR, Map.of(SidecarConfig.LABEL_MATURITY_DAYS, "1"))),
            0,
            part -> {});
    demo =
        new Demo(
            DemoOptions.builder(folder.resolve("demo"))
                .rate(1_500)
                .labelDelay(Duration.ofHours(1))
                .build(),
            new DemoTarget(
                stack.bootstrapServers(),
                stack.schemaRegistryUrl(),
                stack.topics(),
                () -> stack.trainer().progress().eventsLearned()));
    demo.start();
    try (KafkaProducer<String, byte[]> producer = StackClients.producer(stack)) {
      byte[] noAvro = "not avro".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(stack.topics().transactions(), "c", noAvro)).get();
    }
  }

  @AfterAll
  static void stop() {
    demo.close();
    stack.close();
    data.close();
  }

  @Test
  void shouldTellWhatTheTableSaysAndNoMore() throws IOException {
    Set<String> always = MetricsTable.always();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(told()).containsAll(always));
    assertThat(told())
        .filteredOn(name -> name.startsWith("shoal_"))
        .filteredOn(name -> !name.startsWith("shoal_registry_http_"))
        .filteredOn(name -> !name.startsWith("shoal_inference_rest_"))
        .filteredOn(name -> !name.startsWith("shoal_inference_grpc_"))
        .isSubsetOf(MetricsTable.all());
  }

  @Test
  void shouldGiveEveryPanelDataAndEveryRuleItsMetrics() throws Exception {
    try (PrometheusProcess prometheus =
        PrometheusProcess.start(
            folder.resolve("prometheus"),
            DEPLOY.resolve("prometheus/shoal.rules.yml"),
            Map.of(
                "registry", stack.modelRegistryUrl(),
                "sidecar", stack.sidecar().url(),
                "trainer", trainer))) {
      List<String> empty = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(2))
          .untilAsserted(
              () -> {
                empty.clear();
                for (String query : queries(false)) {
                  if (!prometheus.hasData(query)) {
                    empty.add(query);
                  }
                }
                assertThat(empty).as("queries of dashboards without data").isEmpty();
              });
      for (String query : queries(true)) {
        boolean unused = prometheus.hasData(query); // an error where Prometheus cannot read it
      }
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(prometheus.ruleHealth()).isNotEmpty().containsOnly("ok"));
      assertThat(prometheus.metricNames()).containsAll(namesInRules());
      String middle = "sum(shoal_score_bucket{le='0.9'}) - sum(shoal_score_bucket{le='0.5'}) > 0";
      assertThat(prometheus.hasData(middle)).as("scores over the buckets").isTrue();
    }
  }

  /** Names of samples of all services; of histograms without their endings. */
  private static Set<String> told() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String url : List.of(stack.modelRegistryUrl(), stack.sidecar().url(), trainer)) {
      Matcher sample = SAMPLE.matcher(read(url));
      while (sample.find()) {
        names.add(sample.group(1));
      }
    }
    Set<String> histograms =
        names.stream()
            .filter(name -> name.endsWith("_bucket"))
            .map(name -> name.substring(0, name.length() - "_bucket".length()))
            .collect(Collectors.toSet());
    for (String histogram : histograms) {
      names.removeAll(
          Set.of(
              histogram + "_bucket", histogram + "_count", histogram + "_sum", histogram + "_max"));
      names.add(histogram);
    }
    return names;
  }

  private static String read(String url) throws IOException {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Of every panel that may be empty, which says what it shows then, or of all others. */
  private static List<String> queries(boolean mayBeEmpty) throws IOException {
    List<String> queries = new ArrayList<>();
    try (Stream<Path> files = Files.list(DEPLOY.resolve("grafana/dashboards"))) {
      for (Path file : files.sorted().toList()) {
        for (JsonNode panel : JSON.readTree(file.toFile()).get("panels")) {
          if (panel.at("/fieldConfig/defaults/noValue").isMissingNode() != mayBeEmpty) {
            panel.path("targets").forEach(target -> queries.add(target.get("expr").asText()));
          }
        }
      }
    }
    assertThat(queries).hasSizeGreaterThan(mayBeEmpty ? 5 : 30);
    return queries;
  }

  private static Set<String> namesInRules() throws IOException {
    Matcher name = IN_RULES.matcher(Files.readString(DEPLOY.resolve("prometheus/shoal.rules.yml")));
    Set<String> names = new TreeSet<>();
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }
}
