package io.shoal.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import io.shoal.console.store.Batch;
import io.shoal.console.store.ConsoleDatabase;
import io.shoal.console.store.Writer;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.registry.server.RegistryExtension;
import io.shoal.registry.server.gates.GateBounds;
import io.shoal.registry.server.gates.Gates;
import io.shoal.registry.server.gates.RecentVectors;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.security.Role;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the registry's description to the addresses of the console, and its answers to that. */
class ConsoleApiTest {
  private static final String PREFIX = "/api/v1";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant EVENT = Instant.parse("2018-04-01T10:00:00Z");

  @TempDir static Path folder;
  private static Database database;
  private static RegistryExtension.Part console;
  private static Server server;
  private static BlockingWebClient http;
  private static JsonNode document;

  @BeforeAll
  static void start() throws Exception {
    try (InputStream in = ConsoleApiTest.class.getResourceAsStream("/openapi.yaml")) {
      document = new YAMLMapper().readTree(in);
    }
    remember();
    RegistryConfig config =
        new RegistryConfig(
            Map.of(
                RegistryConfig.BOOTSTRAP_SERVERS, "127.0.0.1:1",
                RegistryConfig.SCHEMA_REGISTRY_URL, "http://127.0.0.1:1",
                RegistryConfig.DATA_DIR, folder.toString()));
    database = new Database(config.jdbcUrl(), "", "");
    Clock clock = Clock.systemUTC();
    Stores stores = Stores.in(database.jdbi(), clock, Policy.AUTOMATIC, 100);
    Gates gates =
        new Gates(
            new GateBounds(200, 1.1, 0.25, 0.01, 0.02),
            new RecentVectors(100),
            (fingerprint, names) -> Optional.empty(),
            model -> Optional.empty());
    ServerBuilder builder = Server.builder().http(0).decorator(new Guard(List.of(), Role.ADMIN));
    console =
        new ConsoleExtension()
            .attach(
                new RegistryExtension.Context(
                    config, stores, new Registrar(stores.versions(), gates), () -> {}, clock),
                builder);
    server = builder.build();
    server.start().join();
    http = WebClient.of("http://127.0.0.1:" + server.activeLocalPort()).blocking();
  }

  @AfterAll
  static void stop() {
    console.close();
    var unused = server.closeAsync();
    database.close();
  }

  /** What the console finds in its folder: something of everything. */
  private static void remember() {
    long now = System.currentTimeMillis();
    Batch batch = new Batch();
    batch.add(0, now, prediction("a", Decision.REVIEW, 0.999), 40, true);
    batch.add(0, now, prediction("b", Decision.PASS, 0.4), 40, true);
    batch.add(
        0,
        now,
        new Feedback(
            "a",
            EVENT,
            EVENT.plusSeconds(60),
            "ann",
            true,
            "chargeback",
            "f",
            List.of(1f),
            0.999,
            0.7,
            true,
            1L));
    batch.add(
        0,
        now,
        new ShadowScore(
            "a",
            EVENT,
            "ann",
            "challenger",
            "default",
            9L,
            0.3,
            null,
            false,
            true,
            1L,
            0.999,
            true,
            12.5));
    batch.add(
        0, now, new DriftEvent("default", "job", 1L, "STARTED", "SHARES", EVENT, 9L, 0.1, 0.2, 1L));
    batch.add(
        0,
        now,
        new DeadLetter(
            "undecodable",
            "no Avro",
            null,
            "transactions",
            1,
            2L,
            EVENT,
            null,
            ByteBuffer.wrap(new byte[] {1, 2})));
    try (ConsoleDatabase own = new ConsoleDatabase(folder.resolve("console"))) {
      new Writer(own.jdbi(), 100).write(batch);
    }
  }

  private static Prediction prediction(String id, Decision decision, double score) {
    return new Prediction(
        id,
        EVENT,
        "ann",
        score,
        0.1,
        decision,
        "why",
        3,
        1.5f,
        List.of(new Contribution("amount", 389f, 0.9f)),
        "default",
        1L,
        "f",
        "transactions",
        1,
        5L);
  }

  @Test
  void shouldDescribeEveryAddressAndNoOther() {
    Set<String> served = new TreeSet<>();
    server
        .serviceConfigs()
        .forEach(
            config -> {
              Route route = config.route();
              String path = route.patternString().replaceAll(":(\\w+)", "{$1}");
              if (path.startsWith(PREFIX)) {
                route
                    .methods()
                    .forEach(
                        method ->
                            served.add(
                                method.name().toLowerCase(Locale.ROOT)
                                    + " "
                                    + path.substring(PREFIX.length())));
              }
            });
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.at("/paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (path.getKey().startsWith("/console/") && METHODS.contains(operation.getKey())) {
          described.add(operation.getKey() + " " + path.getKey());
        }
      }
    }
    assertThat(described).isEqualTo(served).hasSizeGreaterThan(15);
  }

  @Test
  void shouldAnswerAsDescribed() throws Exception {
    check("/self", "/self");
    check("/state", "/state");
    assertThat(check("/rates", "/rates").at("/points")).isNotEmpty();
    assertThat(check("/predictions", "/predictions?scoreMin=0.1")).hasSize(2);
    assertThat(check("/quality", "/quality").at("/versions/0/score/auc").asDouble()).isOne();
    assertThat(check("/shadows", "/shadows").at("/flips")).hasSize(1);
    assertThat(check("/drifts", "/drifts")).hasSize(1);
    assertThat(check("/dead-letters", "/dead-letters")).hasSize(1);
    assertThat(check("/dead-letters/reasons", "/dead-letters/reasons")).hasSize(1);
  }

  @Test
  void shouldTellATrainingUntilItEndsAndShowWhatItRegistered() throws Exception {
    JsonNode table =
        check("/training/files", HttpMethod.POST, "/training/files?name=x.csv", table());
    String body =
        "{\"file\":\"%s\",\"features\":[\"x\",\"y\"],\"k\":0,\"label\":\"odd\",\"seed\":1}"
            .formatted(table.get("id").asText());
    String run =
        check("/training/runs", HttpMethod.POST, "/training/runs", body).get("id").asText();

    String events = http.get(PREFIX + "/console/training/runs/" + run + "/live").contentUtf8();
    List<String> told =
        events.lines().filter(l -> l.startsWith("data:")).map(l -> l.substring(5)).toList();
    assertThat(JSON.readTree(told.get(told.size() - 1)).get("state").asText()).isEqualTo("done");
    double progress = 0;
    for (String status : told) {
      assertThat(JSON.readTree(status).get("progress").asDouble()).isGreaterThanOrEqualTo(progress);
      progress = JSON.readTree(status).get("progress").asDouble();
    }
    assertThat(progress).isOne();

    check("/training/runs/{id}", "/training/runs/" + run);
    String register = "/training/runs/" + run + "/register";
    check(
        "/training/runs/{id}/register",
        HttpMethod.POST,
        register,
        "{\"model\":\"m\",\"by\":\"ann\"}");
    assertThat(check("/models/{model}/history", "/models/m/history").at("/moments")).hasSize(1);
    check("/models/{model}/lineage", "/models/m/lineage");
    check("/training/runs/{id}/cancel", HttpMethod.POST, "/training/runs/" + run + "/cancel", "{}");
  }

  private static String table() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("x,y,odd,who\n");
    for (int i = 0; i < 400; i++) {
      int odd = i % 100 == 0 ? 1 : 0;
      double middle = i % 2 * 20 + odd * 50;
      text.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f,%d,ann%n",
              middle + random.nextGaussian(),
              middle + random.nextGaussian(),
              odd));
    }
    return text.toString();
  }

  private JsonNode check(String path, String address) throws Exception {
    return check(path, HttpMethod.GET, address, "");
  }

  /** Sends a request, holds its answer to what is described, and says it. */
  private JsonNode check(String path, HttpMethod method, String address, String body)
      throws Exception {
    RequestHeaders headers =
        RequestHeaders.builder(method, PREFIX + "/console" + address)
            .contentType(body.startsWith("{") ? MediaType.JSON : MediaType.CSV_UTF_8)
            .build();
    AggregatedHttpResponse answer =
        http.execute(headers, HttpData.wrap(body.getBytes(StandardCharsets.UTF_8)));
    assertThat(answer.status().code()).as(address + ": " + answer.contentUtf8()).isEqualTo(200);
    JsonNode described =
        document
            .path("paths")
            .path("/console" + path)
            .path(method.name().toLowerCase(Locale.ROOT))
            .at("/responses/200");
    if (described.has("$ref")) {
      described = document.at(described.get("$ref").asText().substring(1));
    }
    ObjectNode schema = described.at("/content/application~1json/schema").deepCopy();
    schema.set("components", document.path("components"));
    JsonNode told = JSON.readTree(answer.contentUtf8());
    assertThat(
            JsonSchemaFactory.getInstance(
                    SpecVersion.VersionFlag.V4,
                    builder ->
                        builder
                            .metaSchema(OpenApi30.getInstance())
                            .defaultMetaSchemaIri(OpenApi30.getInstance().getIri()))
                .getSchema(schema, SchemaValidatorsConfig.builder().build())
                .validate(told))
        .as(told.toString())
        .isEmpty();
    return told;
  }
}
