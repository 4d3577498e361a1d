package io.shoal.registry.server.http;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.RunningRegistry.Answer;
import io.shoal.registry.server.TestModels;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.security.Role;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.TestDatabases;
import io.shoal.schemas.avro.ModelVersion;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiIT {
  private static final String CARDS = "/api/v1/models/" + MODEL;
  private static final String BY_ANN = "\"by\":\"ann\",\"reason\":\"seen\"";

  @TempDir Path folder;
  private RunningRegistry registry;

  @BeforeEach
  void start() {
    registry = RunningRegistry.open(folder);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void shouldTellAllOfAVersion() throws Exception {
    registry.register("job", 1);

    JsonNode detail = registry.get(CARDS + "/versions/1").body();

    assertThat(detail.at("/version/state").asText()).isEqualTo("READY");
    assertThat(detail.at("/aliases")).hasToString("[\"champion\"]");
    assertThat(detail.at("/clusters").asInt()).isEqualTo(2);
    assertThat(detail.at("/parameters/k").asText()).isEqualTo("2");
    assertThat(detail.at("/gates"))
        .extracting(gate -> gate.at("/outcome").asText())
        .hasSize(4)
        .containsOnly("SKIPPED");
  }

  @Test
  void shouldPutAllThatIsKnownOfAVersionInOneDocument() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);
    registry.send(
        "POST",
        CARDS + "/requests",
        "{\"alias\":\"champion\",\"version\":1,\"by\":\"ann\",\"reason\":\"seen\"}");
    registry.send("POST", CARDS + "/requests/1/approve", "{\"by\":\"bob\",\"reason\":\"agreed\"}");

    JsonNode evidence = registry.get(CARDS + "/versions/1/evidence").body();

    assertThat(evidence.at("/version/parameters/k").asText()).isEqualTo("2");
    assertThat(evidence.at("/requests/0/askedBy").asText()).isEqualTo("ann");
    assertThat(evidence.at("/requests/0/decidedBy").asText()).isEqualTo("bob");
    assertThat(evidence.at("/changes"))
        .extracting(row -> row.at("/action").asText() + " to " + row.at("/toVersion").asText())
        .containsExactly("PROMOTE to 1", "PROMOTE to 2", "ASK to 1", "PROMOTE to 1");
    assertThat(evidence.at("/named"))
        .extracting(time -> time.at("/from").asText(), time -> time.at("/until").asText())
        .containsExactly(
            tuple(
                evidence.at("/changes/0/changedAt").asText(),
                evidence.at("/changes/1/changedAt").asText()),
            tuple(evidence.at("/changes/3/changedAt").asText(), "null"));
    assertThat(evidence.at("/log/lastHash").asText())
        .isEqualTo(evidence.at("/changes/3/hash").asText());
    assertThat(registry.get(CARDS + "/versions/9/evidence").status()).isEqualTo(404);
  }

  @Test
  void shouldRefuseForms() throws Exception {
    for (String type : new String[] {"multipart/form-data", "multipart/form-data; boundary=x"}) {
      Answer answer =
          registry.send(registry.request("/api/v1/models").header("content-type", type));
      assertThat(answer.status()).as(type).isEqualTo(415);
      assertThat(answer.body().at("/message").asText()).contains("send JSON");
    }
  }

  @Test
  void shouldTakeACandidateByHttpOnce() throws Exception {
    byte[] body = Candidates.toBytes(TestModels.candidate("job", 1));
    for (int i = 0; i < 2; i++) {
      Answer answer =
          registry.send(
              registry.request(CARDS + "/versions").POST(BodyPublishers.ofByteArray(body)));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
      assertThat(answer.body().at("/version").asLong()).isEqualTo(1);
    }
    assertThat(
            registry
                .send(
                    registry
                        .request("/api/v1/models/other/versions")
                        .POST(BodyPublishers.ofByteArray(body)))
                .status())
        .isEqualTo(400);
  }

  @Test
  void shouldExportAFileThatSaysWhatIsInIt() throws Exception {
    registry.register("job", 1);
    byte[] file =
        HttpClient.newHttpClient()
            .send(
                registry.request(CARDS + "/versions/1/export?format=avro").build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body();

    try (DataFileReader<ModelVersion> reader =
        new DataFileReader<>(
            new SeekableByteArrayInput(file), new SpecificDatumReader<>(ModelVersion.class))) {
      ModelVersion version = reader.next();
      assertThat(version.getVersion()).isEqualTo(1);
      assertThat(version.getCentroids()).isEqualTo(TestModels.candidate("job", 1).getCentroids());
    }
    assertThat(
            registry.get(CARDS + "/versions/1/export?format=pickle").body().at("/message").asText())
        .contains("avro");
  }

  @Test
  void shouldExportWhatOtherSystemsScoreWith() throws Exception {
    registry.register("job", 1);

    assertThat(registry.get(CARDS + "/versions/1/export?format=pmml").raw().body())
        .contains("<ClusteringModel", "amount", "night");
    Answer onnx = registry.get(CARDS + "/versions/1/export?format=onnx");
    assertThat(onnx.header("content-disposition")).contains("cards-1.onnx");
    assertThat(onnx.raw().body()).contains("cluster_id");
  }

  @Test
  void shouldSayWhatChangedBetweenTwoVersions() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);

    JsonNode diff = registry.get(CARDS + "/diff?from=1&to=2").body();

    assertThat(diff.at("/moved")).hasSize(2);
    assertThat(diff.at("/moved/0/distance").asDouble())
        .isPositive()
        .isGreaterThanOrEqualTo(diff.at("/moved/1/distance").asDouble());
    assertThat(diff.at("/moved/0/feature").asText()).isIn("amount", "night");
    assertThat(diff.at("/born")).isEmpty();
    assertThat(diff.at("/scales")).hasSize(2);
    assertThat(registry.get(CARDS + "/diff?from=1&to=1").body().at("/meanMovement").asDouble())
        .isZero();
    assertThat(registry.get(CARDS + "/diff?from=1&to=9").status()).isEqualTo(404);
  }

  @Test
  void shouldSayWhichVersionDecidedThen() throws Exception {
    registry.register("job", 1);
    Instant between = Instant.now();
    registry.register("job", 2);

    assertThat(decided("&at=" + between)).isEqualTo(1);
    assertThat(decided("")).isEqualTo(2);
    assertThat(registry.get("/api/v1/deciding?model=cards&at=2001-01-01T00:00:00Z").status())
        .isEqualTo(404);
  }

  @Test
  void shouldPageThroughEverything() throws Exception {
    for (int i = 1; i <= 5; i++) {
      registry.register("job", i);
    }
    Answer first = registry.get(CARDS + "/audit?limit=3");
    assertThat(first.body()).hasSize(3);
    String next = first.header("link").replaceAll("<(.*)>; rel=\"next\"", "$1");

    Answer second = registry.get(next);

    assertThat(second.body()).hasSize(2);
    assertThat(second.header("link")).isEmpty();
    assertThat(registry.get(CARDS + "/versions?limit=5").header("link")).contains("before=1");
  }

  @Test
  void shouldAnswerNotModifiedToWhoHasItAlready() throws Exception {
    registry.register("job", 1);
    Answer first = registry.get(CARDS + "/versions/1");
    String tag = first.header("etag");
    assertThat(tag).isNotEmpty();

    Answer again =
        registry.send(registry.request(CARDS + "/versions/1").header("if-none-match", tag));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.raw().body()).isEmpty();

    registry.register("job", 2);
    assertThat(
            registry
                .send(registry.request(CARDS + "/versions/1").header("if-none-match", tag))
                .status())
        .as("no longer champion")
        .isEqualTo(200);
  }

  @Test
  void shouldLetTheSecondOfTwoKnowThatItCameLate() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);
    String tag = registry.get(CARDS + "/aliases/champion").header("etag");

    Answer first = promote("\"version\":1,\"from\":2," + BY_ANN);
    assertThat(first.status()).as(first.toString()).isEqualTo(200);
    assertThat(promote("\"version\":1,\"from\":2," + BY_ANN).status()).isEqualTo(409);
    Answer late =
        registry.send(
            registry
                .request(CARDS + "/aliases/champion")
                .header("if-match", tag)
                .PUT(BodyPublishers.ofString("{\"version\":2," + BY_ANN + "}")));
    assertThat(late.status()).isEqualTo(412);
    assertThat(late.body().at("/error_code").asText()).isEqualTo("PRECONDITION_FAILED");
  }

  @Test
  void shouldAskBeforeItMovesWhatTwoPeopleGuard() throws Exception {
    try (RunningRegistry guarded =
        new RunningRegistry(
            TestDatabases.h2(folder.resolve("guarded")),
            Policy.APPROVAL,
            List.of(),
            Role.ADMIN,
            1_000_000)) {
      guarded.register("job", 1);

      Answer asked =
          guarded.send("PUT", CARDS + "/aliases/champion", "{\"version\":1," + BY_ANN + "}");
      assertThat(asked.status()).isEqualTo(202);
      String request = CARDS + "/requests/" + asked.body().at("/id").asLong();
      assertThat(guarded.send("POST", request + "/approve", "{" + BY_ANN + "}").status())
          .isEqualTo(403);
      Answer approved =
          guarded.send("POST", request + "/approve", "{\"by\":\"bob\",\"reason\":\"agreed\"}");
      assertThat(approved.body().at("/state").asText()).isEqualTo("APPROVED");
      assertThat(guarded.get(CARDS + "/aliases/champion").body().at("/version").asLong())
          .isEqualTo(1);
      assertThat(guarded.get(CARDS + "/requests").body()).hasSize(1);
      Answer mlflow =
          guarded.send(
              "POST",
              "/api/2.0/mlflow/registered-models/alias",
              "{\"name\":\"cards\",\"alias\":\"champion\",\"version\":\"1\"}");
      assertThat(mlflow.body().at("/error_code").asText()).isEqualTo("PERMISSION_DENIED");
    }
  }

  @Test
  void shouldCheckTheSealOfTheLog() throws Exception {
    registry.register("job", 1);

    JsonNode integrity = registry.get("/api/v1/audit/integrity").body();

    assertThat(integrity.at("/rows").asLong()).isEqualTo(1);
    assertThat(integrity.at("/brokenAt").isNull()).isTrue();
    assertThat(integrity.at("/lastHash").asText()).hasSize(64);
  }

  private long decided(String at) throws Exception {
    return registry.get("/api/v1/deciding?model=cards" + at).body().at("/toVersion").asLong();
  }

  private Answer promote(String body) throws Exception {
    return registry.send("PUT", CARDS + "/aliases/champion", "{" + body + "}");
  }
}
