package io.shoal.helm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs helm, on the path or where SHOAL_HELM says. Without it a test is skipped, unless
 * SHOAL_REQUIRE_HELM is true, as in CI.
 */
final class Helm {
  private static final YAMLMapper YAML = new YAMLMapper();

  private Helm() {}

  /** What came of a run. */
  record Result(int exitCode, String output) {
    List<JsonNode> resources() throws IOException {
      List<JsonNode> resources = new ArrayList<>();
      try (var documents =
          YAML.readerFor(JsonNode.class)
              .<JsonNode>readValues(new YAMLFactory().createParser(output))) {
        while (documents.hasNextValue()) {
          JsonNode document = documents.nextValue();
          if (document != null && document.isObject()) {
            resources.add(document);
          }
        }
      }
      return resources;
    }
  }

  static Result run(String... arguments) throws IOException, InterruptedException {
    String helm = System.getenv().getOrDefault("SHOAL_HELM", "helm");
    List<String> command = new ArrayList<>(List.of(helm));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(
          Boolean.parseBoolean(System.getenv("SHOAL_REQUIRE_HELM")),
          "no helm here: " + e.getMessage());
      throw e;
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
