package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Transaction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running sidecar, asked over HTTP. */
class SidecarRequestIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Instant time = Instant.now().minusSeconds(60);

  @Test
  void shouldSayOnRequestWhatTheStreamSaysThenAndChangeNothing() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
        Sidecar sidecar = sidecar(kafka, registry)) {
      sidecar.start();
      assertThat(sidecar.awaitRunning(TIMEOUT)).isTrue();
      assertThat(get(sidecar, "/v2/health/ready").statusCode()).isEqualTo(503);
      send(kafka, registry, "models", "default/champion", TestModels.champion(1));
      await().atMost(TIMEOUT).until(() -> sidecar.modelVersion() == 1);
      assertThat(get(sidecar, "/v2/health/ready").statusCode()).isEqualTo(200);

      send(kafka, registry, "transactions", "c-1", transaction("t-1", 20));
      await().atMost(TIMEOUT).until(() -> predictions(sidecar).size() == 1);
      String request =
          """
          {"customer_id": "c-1", "terminal_id": "m-1", "amount": 37.5, "event_time": "%s"}
          """
              .formatted(time);
      // On a busy machine partitions may move even now: the answer is then to try again.
      await().atMost(TIMEOUT).until(() -> post(sidecar, "/v1/score", request).statusCode() == 200);
      JsonNode asked = json(post(sidecar, "/v1/score", request));
      assertThat(json(post(sidecar, "/v1/score", request))).isEqualTo(asked);
      send(kafka, registry, "transactions", "c-1", transaction("t-2", 37.5));
      await().atMost(TIMEOUT).until(() -> predictions(sidecar).size() == 2);

      JsonNode streamed = predictions(sidecar).get(0);
      assertThat(streamed.get("transaction_id").asText()).isEqualTo("t-2");
      for (String field : new String[] {"score", "cluster_id", "distance2", "contributions"}) {
        assertThat(asked.get(field)).as(field).isEqualTo(streamed.get(field)).isNotNull();
      }
      assertRefusals(sidecar);
      assertThat(json(get(sidecar, "/v1/models")).at("/models/0/version").asLong()).isEqualTo(1);
      assertThat(json(get(sidecar, "/v2/models/default")).at("/versions/0").asText())
          .isEqualTo("1");
      assertThat(get(sidecar, "/ready").statusCode()).isEqualTo(200);
      assertThat(get(sidecar, "/metrics").body())
          .contains("shoal_model_version 1.0", "shoal_review_cut 0.998", "shoal_score_count 2")
          .contains("kafka_stream_", "shoal_features_late_events_total", "jvm_memory_used_bytes")
          .containsPattern("shoal_predictions_total\\{decision=\"(PASS|REVIEW)\"[^}]*} [12]");
    }
  }

  private void assertRefusals(Sidecar sidecar) throws Exception {
    HttpResponse<String> missing = post(sidecar, "/v1/score", "{\"customer_id\": \"c-1\"}");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body()).contains("a transaction needs terminal_id, amount too");
    HttpResponse<String> misspelt = post(sidecar, "/v1/score", "{\"custmer_id\": \"c-1\"}");
    assertThat(misspelt.statusCode()).isEqualTo(400);
    assertThat(misspelt.body()).contains("did you mean 'customer_id'?");
  }

  private Sidecar sidecar(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
    return new Sidecar(
        new SidecarConfig(
            Map.of(
                SidecarConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                SidecarConfig.SCHEMA_REGISTRY_URL, registry.url(),
                SidecarConfig.HTTP_PORT, "0",
                SidecarConfig.ROCKSDB_MEMORY_MB, "32",
                SidecarConfig.STATE_DIR, folder.resolve("state").toString())));
  }

  private static <T extends SpecificRecord> void send(
      EmbeddedKafka kafka, EmbeddedSchemaRegistry registry, String topic, String key, T value)
      throws Exception {
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) value.getClass();
    try (KafkaProducer<String, T> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(registry.url()), type))) {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }

  private Transaction transaction(String id, double amount) {
    return new Transaction(id, time, "c-1", "m-1", amount);
  }

  private JsonNode predictions(Sidecar sidecar) throws Exception {
    return json(get(sidecar, "/v1/predictions?entity=c-1"));
  }

  private HttpResponse<String> get(Sidecar sidecar, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(sidecar.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Sidecar sidecar, String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(sidecar.url() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.builder().build().readTree(answer.body());
  }
}
