package io.shoal.registry.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.RunningRegistry.Answer;
import io.shoal.registry.server.TestModels;
import io.shoal.registry.server.pipeline.Candidates;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever comes, the answer says what is wrong with it: no failure of ours, and no waiting. */
class FuzzIT {
  private static final int TRIES = 250;
  private static final byte[] ARTIFACT = Candidates.toBytes(TestModels.candidate("fuzz", 1));
  private static RunningRegistry registry;

  @BeforeContainer
  static void start() throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    registry = RunningRegistry.open(folder);
    registry.register("job", 1);
  }

  @AfterContainer
  static void stop() {
    registry.close();
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void shouldAnswerAnyAddressAndBody(
      @ForAll("methods") String method,
      @ForAll("addresses") String address,
      @ForAll("bodies") String body)
      throws Exception {
    Answer answer = registry.send(method, address, body);

    assertThat(answer.status()).as(method + " " + address + " " + body).isLessThan(500);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void shouldAnswerAnyFilterAndOrder(@ForAll("filters") String filter) throws Exception {
    String encoded = URLEncoder.encode(filter, StandardCharsets.UTF_8);
    for (String what : List.of("registered-models", "model-versions")) {
      Answer answer =
          registry.get(
              "/api/2.0/mlflow/"
                  + what
                  + "/search?max_results=3&order_by=name&page_token="
                  + (filter.length() % 5 == 0 ? encoded : "")
                  + "&filter="
                  + encoded);
      assertThat(answer.status()).as(filter + " " + answer).isIn(200, 400);
    }
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void shouldTakeOrRefuseAnyArtifact(
      @ForAll int cut, @ForAll int at, @ForAll byte value, @ForAll byte[] noise) throws Exception {
    byte[] damaged = ARTIFACT.clone();
    damaged[Math.floorMod(at, damaged.length)] = value;
    byte[] body =
        switch (Math.floorMod(cut, 3)) {
          case 0 -> Arrays.copyOf(damaged, Math.floorMod(cut, damaged.length));
          case 1 -> noise;
          default -> damaged;
        };

    Answer answer =
        registry.send(
            registry
                .request("/api/v1/models/" + TestModels.MODEL + "/versions")
                .POST(BodyPublishers.ofByteArray(body)));

    assertThat(answer.status()).as(answer.toString()).isIn(201, 400, 409);
  }

  @Provide
  Arbitrary<String> methods() {
    return Arbitraries.of("GET", "POST", "PUT", "PATCH", "DELETE");
  }

  @Provide
  Arbitrary<String> addresses() {
    Arbitrary<String> word =
        Arbitraries.oneOf(
            Arbitraries.of("cards", "champion", "1", "0", "-1", "9223372036854775808", "..", "%00"),
            Arbitraries.strings()
                .ofMaxLength(20)
                .map(text -> URLEncoder.encode(text, StandardCharsets.UTF_8)));
    Arbitrary<String> pattern =
        Arbitraries.of(
            "/api/v1/models",
            "/api/v1/models/%s",
            "/api/v1/models/%s/versions?before=%s&limit=%s",
            "/api/v1/models/%s/versions/%s",
            "/api/v1/models/%s/versions/%s/export?format=%s",
            "/api/v1/models/%s/diff?from=%s&to=%s",
            "/api/v1/models/%s/aliases/%s",
            "/api/v1/models/%s/aliases/%s/rollback",
            "/api/v1/models/%s/aliases/%s/pin?by=%s&reason=x",
            "/api/v1/models/%s/requests/%s/approve",
            "/api/v1/models/%s/audit?before=%s&limit=%s",
            "/api/v1/deciding?model=%s&at=%s&alias=%s",
            "/api/v1/webhooks/%s",
            "/api/2.0/mlflow/registered-models/get?name=%s",
            "/api/2.0/mlflow/registered-models/create",
            "/api/2.0/mlflow/registered-models/alias?name=%s&alias=%s&version=%s",
            "/api/2.0/mlflow/model-versions/get?name=%s&version=%s",
            "/api/2.0/mlflow/model-versions/create",
            "/api/2.0/mlflow/model-versions/set-tag?name=%s&version=%s&key=%s&value=x",
            "/%s/%s");
    return Combinators.combine(pattern, word, word, word)
        .as((form, a, b, c) -> String.format(form, a, b, c));
  }

  @Provide
  Arbitrary<String> bodies() {
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.of(
                "1",
                "-1",
                "1e99",
                "null",
                "true",
                "[]",
                "{}",
                "\"cards\"",
                "\"\\u0000\"",
                "\"models:/cards/1\"",
                "\"models:/cards@x\"",
                "\"" + "x".repeat(6_000) + "\""),
            Arbitraries.strings()
                .withChars('a', 'Z', '\'', '%', '\\', '\u00e4', '\ud83d')
                .ofMaxLength(10)
                .map(text -> "\"" + text.replace("\\", "") + "\""));
    Arbitrary<String> name =
        Arbitraries.of(
            "version",
            "by",
            "reason",
            "from",
            "name",
            "alias",
            "key",
            "value",
            "tags",
            "source",
            "url",
            "secret",
            "stage",
            "description",
            "unknown");
    Arbitrary<String> object =
        Combinators.combine(name, value)
            .as((n, v) -> "\"" + n + "\":" + v)
            .list()
            .ofMaxSize(5)
            .map(fields -> "{" + String.join(",", fields) + "}");
    return Arbitraries.oneOf(object, object, Arbitraries.strings().ofMaxLength(30));
  }

  @Provide
  Arbitrary<String> filters() {
    Arbitrary<String> token =
        Arbitraries.of(
            "name",
            "version_number",
            "run_id",
            "tags.a",
            "tags.`a b`",
            "=",
            "!=",
            "<",
            "LIKE",
            "ILIKE",
            "IN",
            "(",
            ")",
            ",",
            "AND",
            "OR",
            "'x'",
            "\"y\"",
            "'%_\\'",
            "7",
            "'",
            "''",
            "99999999999999999999",
            ";",
            "--",
            "\u0000",
            "\u00e4");
    return Arbitraries.oneOf(
        token.list().ofMaxSize(8).map(tokens -> String.join(" ", tokens)),
        Arbitraries.of("name = 'a' AND name LIKE '%\\'", "version_number IN (1, 2)"),
        Arbitraries.strings().ofMaxLength(30));
  }
}
