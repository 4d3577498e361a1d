package io.shoal.registry.server.http;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.linecorp.armeria.server.Route;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.RunningRegistry.Answer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the description to what the server does: its addresses, and the form of its answers. */
class OpenApiIT {
  private static final String PREFIX = "/api/v1";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
  private static final String BY_ANN = "\"by\":\"ann\",\"reason\":\"seen\"";

  @TempDir Path folder;
  private RunningRegistry registry;
  private JsonNode document;

  @BeforeEach
  void start() throws Exception {
    registry = RunningRegistry.open(folder);
    document = new YAMLMapper().readTree(registry.get(PREFIX + "/openapi.yaml").raw().body());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void shouldDescribeEveryAddressAndNoOther() {
    Set<String> served = new TreeSet<>();
    registry
        .server()
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
        // The console describes its own there, and is held to it by its own test.
        if (METHODS.contains(operation.getKey()) && !path.getKey().startsWith("/console/")) {
          described.add(operation.getKey() + " " + path.getKey());
        }
      }
    }

    assertThat(described).isEqualTo(served).hasSizeGreaterThan(25);
  }

  @Test
  void shouldAnswerAsDescribed() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);
    String cards = "/models/" + MODEL;

    assertThat(check("get", "/models", "/models", "")).isEqualTo(200);
    check("get", "/models/{model}", cards, "");
    check("get", "/models/{model}/versions", cards + "/versions", "");
    check("get", "/models/{model}/versions/{version}", cards + "/versions/1", "");
    check("get", "/models/{model}/diff", cards + "/diff?from=1&to=2", "");
    check("get", "/models/{model}/aliases", cards + "/aliases", "");
    check("get", "/models/{model}/aliases/{alias}", cards + "/aliases/champion", "");
    check(
        "put",
        "/models/{model}/aliases/{alias}",
        cards + "/aliases/champion",
        "{\"version\":1," + BY_ANN + "}");
    check(
        "post",
        "/models/{model}/aliases/{alias}/rollback",
        cards + "/aliases/champion/rollback",
        "{" + BY_ANN + "}");
    int asked =
        check(
            "post",
            "/models/{model}/requests",
            cards + "/requests",
            "{\"alias\":\"champion\",\"version\":1," + BY_ANN + "}");
    assertThat(asked).isEqualTo(201);
    check("get", "/models/{model}/requests", cards + "/requests", "");
    check(
        "post",
        "/models/{model}/requests/{id}/reject",
        cards + "/requests/1/reject",
        "{" + BY_ANN + "}");
    check("get", "/models/{model}/audit", cards + "/audit", "");
    check("get", "/models/{model}/versions/{version}/evidence", cards + "/versions/1/evidence", "");
    check("get", "/audit/integrity", "/audit/integrity?seal=0", "");
    check("get", "/models/{model}/deciding", cards + "/deciding", "");
    check("post", "/webhooks", "/webhooks", "{\"url\":\"http://127.0.0.1:1/\",\"by\":\"ann\"}");
    registry.register("job", 3);
    check("get", "/webhooks", "/webhooks", "");
    check("get", "/webhooks/{id}/deliveries", "/webhooks/1/deliveries", "");
    assertThat(check("get", "/models/{model}", "/models/nobody", "")).isEqualTo(404);
    assertThat(check("get", "/webhooks/{id}/deliveries", "/webhooks/x/deliveries", ""))
        .isEqualTo(400);
  }

  /** Sends a request, holds the answer to what is described for its status, and says the status. */
  private int check(String method, String path, String address, String body) throws Exception {
    Answer answer =
        body.isEmpty()
            ? registry.get(PREFIX + address)
            : registry.send(method.toUpperCase(Locale.ROOT), PREFIX + address, body);
    JsonNode responses = document.path("paths").path(path).path(method).path("responses");
    assertThat(responses.isObject()).as(method + " " + path).isTrue();
    String status = String.valueOf(answer.status());
    String reference =
        responses.path(responses.has(status) ? status : "default").path("$ref").asText();
    JsonNode schema = document.at(reference.substring(1)).at("/content/application~1json/schema");
    assertThat(schema.isObject()).as(status + " of " + method + " " + path).isTrue();
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    assertThat(
            JsonSchemaFactory.getInstance(
                    SpecVersion.VersionFlag.V4,
                    builder ->
                        builder
                            .metaSchema(OpenApi30.getInstance())
                            .defaultMetaSchemaIri(OpenApi30.getInstance().getIri()))
                .getSchema(whole, SchemaValidatorsConfig.builder().build())
                .validate(answer.body()))
        .as(answer.toString())
        .isEmpty();
    return answer.status();
  }
}
