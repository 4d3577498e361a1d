package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.embedded.Ports;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three services of one pipeline file as processes of their own, as containers run them. */
class StartCommandIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SENT = 3_000;
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Process> started = new ArrayList<>();
  private Path launcher = Path.of("");

  @Test
  void shouldScoreInProcessesOfOneFileAndGoOnAfterAKill() throws Exception {
    launcher = Launcher.in(folder);
    int registry = Ports.free();
    int sidecar = Ports.free();
    int trainer = Ports.free();
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0)) {
      Path file =
          Files.writeString(
              folder.resolve("pipeline.yaml"),
              """
              apiVersion: shoal/v1
              kind: Pipeline
              name: cards
              kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
              registry: {http.port: %d}
              serving: {http.port: %d}
              training: {metrics.port: %d}
              """
                  .formatted(kafka.bootstrapServers(), schemas.url(), registry, sidecar, trainer));
      try {
        start("registry", file);
        Process first = start("sidecar", file);
        start("trainer", file);
        awaitOk(sidecar, "/ready");

        Cli produce =
            Cli.run(
                "produce",
                file.toString(),
                "--generate",
                "--limit",
                String.valueOf(SENT),
                "--rate",
                "max");
        assertThat(produce.exitCode()).as(produce.err()).isZero();
        awaitOk(
            sidecar, "/v2/health/ready"); // by a model that the trainer made and the registry sent

        Cli doctor =
            Cli.run(
                "doctor",
                file.toString(),
                "--service",
                "http://127.0.0.1:" + registry,
                "--service",
                "http://127.0.0.1:" + sidecar);
        assertThat(doctor.out()).contains("ok   service").doesNotContain("FAIL");

        first.destroyForcibly().waitFor();
        start("sidecar", file);
        awaitOk(sidecar, "/ready");
        send(kafka, schemas, "mine");

        List<ConsumerRecord<String, Prediction>> predictions =
            predictions(kafka, schemas, SENT + 1);
        assertThat(predictions)
            .extracting(p -> p.value().getTransactionId())
            .doesNotHaveDuplicates()
            .hasSize(SENT + 1);
        assertThat(predictions)
            .filteredOn(p -> p.headers().lastHeader("traceparent") != null)
            .singleElement()
            .satisfies(
                p -> {
                  assertThat(p.key()).isEqualTo("anna");
                  assertThat(p.headers().lastHeader("traceparent").value())
                      .asString(StandardCharsets.UTF_8)
                      .isEqualTo(TRACE);
                });
        assertThat(get(trainer, "/metrics").body()).contains("eventsLearned");
        assertThat(Files.readAllLines(folder.resolve("registry.log")))
            .as("logs as JSON")
            .anyMatch(line -> line.startsWith("{\"@timestamp\""));
      } finally {
        stop();
      }
    }
  }

  private Process start(String service, Path pipeline) throws IOException {
    Process process =
        new ProcessBuilder(
                launcher.toString(),
                "start",
                service,
                "--pipeline",
                pipeline.toString(),
                "--data-dir",
                folder.resolve("data").toString(),
                "--log-format",
                "json")
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(service + ".log").toFile()))
            .start();
    started.add(process);
    return process;
  }

  private void stop() throws InterruptedException {
    started.forEach(Process::destroy);
    for (Process process : started) {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private void awaitOk(int port, String path) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(port, path).statusCode()).isEqualTo(200));
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void send(EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, String id)
      throws Exception {
    AvroSerializer<Transaction> avro =
        new AvroSerializer<>(SchemaRegistry.at(schemas.url()), Transaction.class);
    try (KafkaProducer<String, Transaction> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), avro)) {
      Transaction transaction =
          new Transaction(id, Instant.parse("2018-04-02T12:00:00Z"), "anna", "shop", 12.5);
      ProducerRecord<String, Transaction> record =
          new ProducerRecord<>("cards.transactions", "anna", transaction);
      record.headers().add("traceparent", TRACE.getBytes(StandardCharsets.UTF_8));
      producer.send(record).get();
    }
  }

  private static List<ConsumerRecord<String, Prediction>> predictions(
      EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, int count) {
    List<ConsumerRecord<String, Prediction>> found = new ArrayList<>();
    try (KafkaConsumer<String, Prediction> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "group.id", "test",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"),
            new StringDeserializer(),
            new AvroDeserializer<>(SchemaRegistry.at(schemas.url()), Prediction.class))) {
      consumer.subscribe(List.of("cards.predictions"));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.size() >= count;
              });
    }
    return found;
  }
}
