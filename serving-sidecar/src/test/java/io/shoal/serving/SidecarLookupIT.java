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
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sidecars that share the work: each answers for the entities of both. */
class SidecarLookupIT {
  private static final int CUSTOMERS = 12;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldAnswerForEveryEntityFromAnyInstance() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0);
        Sidecar one = sidecar(kafka, registry, "one");
        Sidecar two = sidecar(kafka, registry, "two")) {
      one.start();
      assertThat(one.awaitRunning(TIMEOUT)).isTrue();
      two.start();
      assertThat(two.awaitRunning(TIMEOUT)).isTrue();
      produce(kafka, registry.url());

      for (Sidecar sidecar : new Sidecar[] {one, two}) {
        for (int c = 0; c < CUSTOMERS; c++) {
          String customer = "c-" + c;
          await()
              .atMost(TIMEOUT)
              .untilAsserted(() -> assertThat(count(sidecar, customer)).isEqualTo(2));
        }
        assertThat(count(sidecar, "nobody")).isZero();
      }
      assertThat(kept(one)).isPositive().isLessThan(CUSTOMERS);
      assertThat(kept(one) + kept(two)).isEqualTo(CUSTOMERS);
      assertThat(memoryOfRocksDb()).isPositive();
      for (Sidecar sidecar : new Sidecar[] {one, two}) {
        shouldShowWhatBothPredictedAndHaveReady(sidecar);
      }
    }
  }

  private void shouldShowWhatBothPredictedAndHaveReady(Sidecar sidecar) throws Exception {
    assertThat(json(get(sidecar, "/v1/predictions?limit=1000"))).hasSize(2 * CUSTOMERS);
    for (int c = 0; c < CUSTOMERS; c++) {
      JsonNode entity = json(get(sidecar, "/v1/entities/c-" + c));
      assertThat(entity.get("predictions")).hasSize(2);
      assertThat(entity.at("/features/customer_count_1d").asDouble()).isEqualTo(2);
    }
    assertThat(json(get(sidecar, "/v1/grades")).get("unreachable")).isEmpty();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              JsonNode ready = json(get(sidecar, "/ready"));
              assertThat(ready.get("state").asText()).isEqualTo("RUNNING");
              assertThat(ready.get("tasks").asInt()).isPositive();
              assertThat(ready.get("standby_tasks").asInt()).isPositive();
              assertThat(ready.get("standby"))
                  .isNotEmpty()
                  .allSatisfy(line -> assertThat(line.get("records_left").asLong()).isZero());
            });
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.builder().build().readTree(answer.body());
  }

  private Sidecar sidecar(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry, String name) {
    return new Sidecar(
        new SidecarConfig(
            Map.of(
                SidecarConfig.BOOTSTRAP_SERVERS,
                kafka.bootstrapServers(),
                SidecarConfig.SCHEMA_REGISTRY_URL,
                registry.url(),
                SidecarConfig.HTTP_PORT,
                "0",
                SidecarConfig.STANDBY_REPLICAS,
                "1",
                SidecarConfig.ROCKSDB_MEMORY_MB,
                "32",
                SidecarConfig.STATE_DIR,
                folder.resolve(name).toString())));
  }

  private static void produce(EmbeddedKafka kafka, String registry) throws Exception {
    Map<String, Object> settings =
        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    try (KafkaProducer<String, Transaction> producer =
        new KafkaProducer<>(
            settings,
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(registry), Transaction.class))) {
      for (int i = 0; i < 2 * CUSTOMERS; i++) {
        String customer = "c-" + i % CUSTOMERS;
        producer
            .send(
                new ProducerRecord<>(
                    "transactions",
                    customer,
                    new Transaction("t-" + i, Instant.now(), customer, "m-1", 10.0)))
            .get();
      }
    }
  }

  private double count(Sidecar sidecar, String customer) throws Exception {
    HttpResponse<String> answer = get(sidecar, "/features?customer_id=" + customer);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = JsonMapper.builder().build().readTree(answer.body());
    return body.at("/features/customer_count_1d").asDouble();
  }

  /** How many customers' states lie with this instance itself. */
  private int kept(Sidecar sidecar) throws Exception {
    int kept = 0;
    for (int c = 0; c < CUSTOMERS; c++) {
      HttpResponse<String> answer = get(sidecar, StreamsLookup.PATH + "/customer?key=c-" + c);
      kept += answer.statusCode() == 200 ? 1 : 0;
    }
    return kept;
  }

  /** As monitoring reads it. */
  private static double memoryOfRocksDb() throws Exception {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    double bytes = 0;
    for (ObjectName store :
        beans.queryNames(
            new ObjectName(
                "kafka.streams:type=stream-state-metrics,rocksdb-state-id=primary-windows,*"),
            null)) {
      bytes += ((Number) beans.getAttribute(store, "block-cache-usage")).doubleValue();
    }
    return bytes;
  }

  private HttpResponse<String> get(Sidecar sidecar, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(sidecar.url() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
