package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shoal.registry.client.ModelRegistryClient.Integrity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs against a registry that has one model with two versions. */
class ModelsCommandTest {
  private static final String MOMENT = "\"2026-11-21T14:03:07Z\"";
  private static final String VERSION =
      """
      {"model":"cards","version":2,"jobId":"job","sequence":2,"state":"READY","reason":null,
       "checksum":"c0ffee","fingerprint":"f00d","createdAt":%1$s,"eventTime":%1$s,
       "registeredAt":%1$s,"updatedAt":%1$s,"pruned":false,"description":"","source":null}
      """
          .formatted(MOMENT);
  private static final String ALIAS =
      "{\"model\":\"cards\",\"alias\":\"champion\",\"version\":2,\"pinned\":true,\"changedAt\":%s}"
          .formatted(MOMENT);
  private static final String ENTRY =
      """
      {"id":9,"changedAt":%s,"changedBy":"ann","action":"PROMOTE","model":"cards",
       "alias":"champion","fromVersion":1,"toVersion":2,"reason":"seen","hash":"00"}
      """
          .formatted(MOMENT);
  private static final String REQUEST =
      """
      {"id":7,"model":"cards","alias":"champion","version":2,"fromVersion":1,"state":"PENDING",
       "askedAt":%s,"askedBy":"ann","askedWhy":"seen"}
      """
          .formatted(MOMENT);
  private static final Map<String, String> ANSWERS =
      Map.ofEntries(
          Map.entry("GET /api/v1/models", "[\"cards\"]"),
          Map.entry("GET /api/v1/models/cards/versions", "[" + VERSION + "]"),
          Map.entry("GET /api/v1/models/cards/aliases", "[" + ALIAS + "]"),
          Map.entry(
              "GET /api/v1/models/cards/versions/2",
              "{\"version\":"
                  + VERSION
                  + ",\"aliases\":[\"champion\"],\"tags\":{},\"clusters\":64,\"gates\":[{\"gate\":\"flips\","
                  + "\"outcome\":\"FAILED\",\"measured\":0.5,\"bound\":0.02,\"detail\":\"50 %\"}]}"),
          Map.entry("GET /api/v1/models/cards/deciding", ENTRY),
          Map.entry("GET /api/v1/models/cards/audit", "[" + ENTRY + "]"),
          Map.entry(
              "GET /api/v1/audit/integrity", "{\"rows\":3,\"brokenAt\":2,\"lastHash\":\"00\"}"),
          Map.entry("GET /api/v1/models/cards/versions/2/export", "PMML"),
          Map.entry("GET /api/v1/models/cards/versions/2/evidence", "{}"),
          Map.entry("PUT /api/v1/models/cards/aliases/champion", REQUEST),
          Map.entry(
              "POST /api/v1/models/cards/requests/7/approve",
              REQUEST.replace("PENDING", "APPROVED")),
          Map.entry("POST /api/v1/models/cards/aliases/champion/rollback", ALIAS));

  @TempDir Path folder;
  private final List<String> bodies = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldListModelsAndVersions() {
    assertThat(models("list").out().lines()).containsExactly("cards");
    assertThat(models("list", "--model", "cards").out().lines())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("VERSION"),
            row ->
                assertThat(row).startsWith("2 ").contains("READY", "job/2").endsWith("champion"));
  }

  @Test
  void shouldShowAVersionWithItsGates() {
    assertThat(models("get", "--model", "cards", "2").out())
        .contains("cards 2", "c0ffee", "64")
        .containsPattern("flips +FAILED +0\\.5000 +0\\.02000 +50 %");
  }

  @Test
  void shouldPrintJsonForTools() throws Exception {
    JsonNode entry =
        new ObjectMapper().readTree(models("deciding", "--model", "cards", "-o", "json").out());

    assertThat(entry.at("/toVersion").asLong()).isEqualTo(2);
    assertThat(entry.at("/changedAt").asText()).isEqualTo("2026-11-21T14:03:07Z");
  }

  @Test
  void shouldSayHowToGoOnWhereTwoPeopleAreNeeded() {
    Cli asked =
        models("promote", "--model", "cards", "2", "--from", "1", "--by", "ann", "--reason", "x");

    assertThat(asked.out())
        .contains("request 7", "PENDING", "shoal models approve --model cards 7");
    assertThat(bodies.get(0)).contains("\"from\":1", "\"by\":\"ann\"", "\"reason\":\"x\"");
    assertThat(models("approve", "--model", "cards", "7", "--reason", "y").out())
        .contains("APPROVED");
    assertThat(bodies.get(1)).contains(System.getProperty("user.name"));
  }

  @Test
  void shouldRollBackAndListTheLog() {
    assertThat(models("rollback", "--model", "cards", "--reason", "bad").out())
        .contains("champion of cards is version 2, pinned");
    assertThat(models("audit", "--model", "cards").out()).contains("ann", "PROMOTE", "seen");
  }

  @Test
  void shouldWriteAllThatIsKnownOfAVersionToAFile() throws Exception {
    Path file = folder.resolve("evidence.json");
    assertThat(models("evidence", "--model", "cards", "2", "--to", file.toString()).exitCode())
        .isZero();
    assertThat(file).hasContent("{}");
  }

  @Test
  void shouldTellALogThatNoLongerHasTheSealFromOneThatHas() {
    assertThat(ModelTables.integrity(new Integrity(3, null, "03", 2L), "02"))
        .startsWith("the log is whole: 3 rows, those up to 2 as the given seal says, seal 03");
    assertThat(ModelTables.integrity(new Integrity(3, null, "03", null), "02"))
        .contains("WRITTEN ANEW");
    assertThat(models("audit", "--seal", "02").exitCode()).isEqualTo(2);
  }

  @Test
  void shouldFailWhenTheSealIsBroken() {
    Cli broken = models("audit", "--verify");

    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.out()).contains("BROKEN at row 2");
  }

  @Test
  void shouldWriteAnExport() throws IOException {
    Path file = folder.resolve("model.pmml");
    models("export", "--model", "cards", "2", "--format", "pmml", "--to", file.toString());

    assertThat(Files.readString(file)).isEqualTo("PMML");
  }

  @Test
  void shouldSayInOneLineWhatIsWrong() {
    assertThat(models("get", "--model", "nobody", "2").err().lines())
        .containsExactly("shoal: there is no such thing");
    Cli away = Cli.run("models", "list", "--registry", "nowhere");
    assertThat(away.exitCode()).isEqualTo(2);
    assertThat(away.err()).contains("'nowhere' is no URL of a registry");
    assertThat(models("deciding", "--at", "noon").err()).contains("--at must be a moment");
    Cli trusting = models("list", "--registry-ca", folder.resolve("none.crt").toString());
    assertThat(trusting.exitCode()).isEqualTo(2);
    assertThat(trusting.err()).contains("cannot read certificates (PEM)").contains("none.crt");
  }

  private Cli models(String... arguments) {
    List<String> line = new ArrayList<>(List.of("models"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--registry", "http://127.0.0.1:" + server.getAddress().getPort()));
    return Cli.run(line.toArray(String[]::new));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!body.isEmpty()) {
      bodies.add(body);
    }
    String known =
        ANSWERS.get(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    byte[] answer =
        (known == null
                ? "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"there is no such thing\"}"
                : known)
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(known == null ? 404 : 200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }
}
