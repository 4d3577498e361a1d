package io.shoal.registry.server;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static io.shoal.registry.server.TestModels.damaged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shoal.config.ConfigException;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The registry between a real broker, a real schema registry and plain HTTP. */
class ModelRegistryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static EmbeddedSchemaRegistry schemas;

  @TempDir Path directory;
  private Topics topics;
  private KafkaProducer<String, byte[]> producer;
  private AvroSerializer<ModelVersion> serializer;
  private ModelRegistryServer server;

  /** An answer, its body as JSON. */
  private record Answer(int status, JsonNode body) {}

  @BeforeAll
  static void startBrokers() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    schemas = EmbeddedSchemaRegistry.start(shared.resolve("schemas"), 0);
  }

  @AfterAll
  static void stopBrokers() {
    schemas.close();
    kafka.close();
  }

  @BeforeEach
  void start(TestInfo test) {
    topics = new Topics("t" + Integer.toHexString(test.getDisplayName().hashCode()) + ".");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, topics.all(1, (short) 1));
    }
    serializer = new AvroSerializer<>(SchemaRegistry.at(schemas.url()), ModelVersion.class);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    server = server(0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    producer.close();
  }

  @Test
  void shouldNumberPromoteAndAnnounceACandidate() throws Exception {
    ModelVersion candidate = candidate("job", 1);
    send(candidate);

    ModelUpdate update = updates(1).get(0);

    assertThat(update.getModelName()).isEqualTo(MODEL);
    assertThat(update.getAlias()).isEqualTo("champion");
    assertThat(update.getPromotedBy()).isEqualTo("policy:automatic");
    assertThat(update.getVersion().getVersion()).isEqualTo(1);
    assertThat(ModelCodec.decode(update.getVersion()).checksum())
        .isEqualTo(candidate.getChecksum());
    assertThat(get("/models").body()).hasToString("[\"cards\"]");
    JsonNode detail = get("/models/cards/versions/1").body();
    assertThat(detail.at("/version/state").asText()).isEqualTo("READY");
    assertThat(detail.at("/features")).hasToString("[\"amount\",\"night\"]");
    assertThat(detail.at("/offsets/0/nextOffset").asLong()).isEqualTo(500);
    assertThat(get("/models/cards/deciding").body().at("/toVersion").asLong()).isEqualTo(1);
    assertThat(artifact(1)).isEqualTo(Candidates.toBytes(candidate));
  }

  @Test
  void shouldTakeACandidateThatComesTwiceOnce() throws Exception {
    send(candidate("job", 1));
    send(candidate("job", 1));
    send(candidate("job", 2));

    assertThat(updates(2)).extracting(u -> u.getVersion().getVersion()).containsExactly(1L, 2L);
    assertThat(get("/models/cards/versions").body()).hasSize(2);
  }

  @Test
  void shouldKeepWhatItCannotReadAndGoOn() throws Exception {
    byte[] garbage = "no avro".getBytes(StandardCharsets.UTF_8);
    ModelVersion nameless = candidate("job", 1);
    nameless.setModelName("../etc");
    send(garbage);
    send((byte[]) null);
    send(nameless);
    send(damaged("job", 2));
    send(candidate("job", 3));

    assertThat(updates(1)).extracting(u -> u.getVersion().getVersion()).containsExactly(2L);
    List<DeadLetter> letters = read(topics.deadLetters(), DeadLetter.class, l -> l.size() == 3);
    assertThat(letters)
        .extracting(DeadLetter::getReason)
        .containsExactly("undecodable", "undecodable", "invalid");
    assertThat(letters.get(0).getOffset()).isZero();
    assertThat(letters.get(0).getValue().array()).isEqualTo(garbage);
    assertThat(letters.get(2).getMessage()).contains("../etc");
    JsonNode rejected = get("/models/cards/versions/1").body().at("/version");
    assertThat(rejected.at("/state").asText()).isEqualTo("REJECTED");
    assertThat(rejected.at("/reason").asText()).contains("checksum");
    assertThat(put("champion", "{\"version\":1,\"by\":\"ann\",\"reason\":\"try\"}"))
        .satisfies(answer -> assertThat(answer.status()).isEqualTo(409))
        .satisfies(
            answer -> assertThat(answer.body().at("/message").asText()).contains("rejected"));
  }

  @Test
  void shouldLoseNothingWhenRestarted() throws Exception {
    send(candidate("job", 1));
    updates(1);
    server.close();
    send(candidate("job", 2));
    server = server(0);
    server.start();

    assertThat(updates(2)).extracting(u -> u.getVersion().getVersion()).containsExactly(1L, 2L);
    assertThat(get("/models/cards/audit").body()).hasSize(2);
  }

  @Test
  void shouldAnnounceWhatAPersonDecides() throws Exception {
    send(candidate("job", 1));
    send(candidate("job", 2));
    updates(2);

    Answer rolledBack =
        answer(
            request("/models/cards/aliases/champion/rollback")
                .POST(BodyPublishers.ofString("{\"by\":\"ann\",\"reason\":\"too many alerts\"}")));
    assertThat(rolledBack.status()).as(rolledBack.toString()).isEqualTo(200);
    assertThat(updates(3).get(2))
        .satisfies(update -> assertThat(update.getVersion().getVersion()).isEqualTo(1))
        .satisfies(update -> assertThat(update.getPromotedBy()).isEqualTo("ann"));
    assertThat(get("/models/cards/aliases").body().at("/0/pinned").asBoolean()).isTrue();
    Answer unpinned =
        answer(request("/models/cards/aliases/champion/pin?by=ann&reason=mended").DELETE());
    assertThat(unpinned.body().at("/pinned").asBoolean()).isFalse();
    assertThat(put("challenger", "{\"version\":2,\"by\":\"ann\",\"reason\":\"shadow\"}").status())
        .isEqualTo(200);
    assertThat(updates(5).get(4).getAlias()).isEqualTo("challenger");
    assertThat(get("/models/cards/audit?limit=1").body().at("/0/reason").asText())
        .isEqualTo("shadow");
  }

  @Test
  void shouldSayWhatIsWrongWithAQuestion() throws Exception {
    assertError(get("/models/nobody/versions"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/models/nobody/aliases"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/models/nobody/audit"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/models/nobody/deciding"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/models/nobody/versions/1"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/models/nobody/versions/1/artifact"), 404, "RESOURCE_DOES_NOT_EXIST");
    assertError(get("/modles"), 404, "ENDPOINT_NOT_FOUND");
    assertError(get("/models/nobody/versions/one"), 400, "INVALID_PARAMETER_VALUE");
    assertError(get("/models/nobody/deciding?at=yesterday"), 400, "INVALID_PARAMETER_VALUE");
    assertError(
        get("/models/nobody/deciding?at=%2B1000000000-12-31T00:00:00Z"),
        400,
        "INVALID_PARAMETER_VALUE");
    send(candidate("job", 1));
    updates(1);
    assertError(get("/models/cards/audit?limit=0"), 400, "INVALID_PARAMETER_VALUE");
    assertError(get("/models/cards/versions?limit=1001"), 400, "INVALID_PARAMETER_VALUE");
    assertError(get("/models/cards/versions/2"), 404, "RESOURCE_DOES_NOT_EXIST");
  }

  @Test
  void shouldRefuseAChangeThatDoesNotSayWhatByWhomAndWhy() throws Exception {
    for (String body :
        List.of(
            "",
            "{",
            "[]",
            "7",
            "null",
            "{\"version\":\"x\",\"by\":\"ann\",\"reason\":\"x\"}",
            "{\"by\":\"ann\",\"reason\":\"x\"}",
            "{\"version\":1,\"reason\":\"x\"}",
            "{\"version\":1,\"by\":\" \",\"reason\":\"x\"}",
            "{\"version\":1,\"by\":\"ann\"}",
            "{\"version\":1,\"by\":\"ann\",\"reason\":\"x\",\"force\":true}")) {
      assertError(put("champion", body), 400, "INVALID_PARAMETER_VALUE");
    }
  }

  @Test
  void shouldRefuseWhatIsTooLong() throws Exception {
    String change = "{\"version\":1,\"by\":\"%s\",\"reason\":\"%s\"}";

    assertThat(put("champion", change.formatted("a".repeat(201), "x")).status()).isEqualTo(400);
    assertThat(put("champion", change.formatted("a", "x".repeat(2_001))).status()).isEqualTo(400);
    assertThat(put("a%20b", change.formatted("a", "x")).status()).isEqualTo(400);
  }

  @Test
  void shouldTellItsAddressesAndItsHealth() throws Exception {
    String root = server.url();
    assertThat(HTTP.send(HttpRequest.newBuilder(URI.create(root + "/")).build(), body()).body())
        .contains("/api/v1/models");
    assertThat(
            HTTP.send(HttpRequest.newBuilder(URI.create(root + "/health")).build(), body())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    int port = URI.create(server.url()).getPort();
    Path other = directory.resolve("other");
    assertThatThrownBy(() -> server(port, other).start())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(String.valueOf(port))
        .hasMessageContaining("http.port");
  }

  private ModelRegistryServer server(int port) {
    return server(port, directory.resolve("registry"));
  }

  private ModelRegistryServer server(int port, Path data) {
    return new ModelRegistryServer(
        new RegistryConfig(
            Map.of(
                RegistryConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                RegistryConfig.SCHEMA_REGISTRY_URL, schemas.url(),
                RegistryConfig.TOPIC_PREFIX, topics.prefix(),
                RegistryConfig.HTTP_PORT, String.valueOf(port),
                RegistryConfig.DATA_DIR, data.toString())));
  }

  private void send(ModelVersion candidate) throws Exception {
    send(serializer.serialize(topics.modelCandidates(), candidate));
  }

  private void send(byte[] value) throws Exception {
    producer.send(new ProducerRecord<>(topics.modelCandidates(), MODEL, value)).get();
  }

  private List<ModelUpdate> updates(int count) {
    List<ModelUpdate> updates =
        read(topics.models(), ModelUpdate.class, seen -> seen.size() >= count);
    assertThat(updates).hasSize(count);
    return updates;
  }

  /** What stands in a topic, from its beginning, once it is enough. */
  private <T extends SpecificRecord> List<T> read(
      String topic, Class<T> type, Predicate<List<T>> enough) {
    TopicPartition partition = new TopicPartition(topic, 0);
    List<T> seen = new ArrayList<>();
    try (KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new StringDeserializer(),
            new AvroDeserializer<>(SchemaRegistry.at(schemas.url()), type))) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> seen.add(r.value()));
                return enough.test(seen);
              });
    }
    return seen;
  }

  private static void assertError(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.body().at("/error_code").asText()).as(answer.toString()).isEqualTo(code);
    assertThat(answer.body().at("/message").asText()).isNotBlank();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + "/api/v1" + path));
  }

  private Answer get(String path) throws Exception {
    return answer(request(path));
  }

  private Answer put(String alias, String body) throws Exception {
    return answer(request("/models/cards/aliases/" + alias).PUT(BodyPublishers.ofString(body)));
  }

  private static Answer answer(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response = HTTP.send(request.build(), body());
    return new Answer(response.statusCode(), JSON.readTree(response.body()));
  }

  private byte[] artifact(long version) throws Exception {
    return HTTP.send(
            request("/models/cards/versions/" + version + "/artifact").build(),
            HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  private static HttpResponse.BodyHandler<String> body() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
