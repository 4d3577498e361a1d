package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.kmeans.KMeans;
import io.shoal.local.stack.DataDirectory;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.registry.client.ModelRegistryClient;
import java.io.BufferedReader;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code shoal serve} in a process of its own, on an alias of a real registry. */
class ServeCommandIT {
  private static final Pattern URL = Pattern.compile("on (http://\\S+)/v2");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String MODEL = "points";

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldFollowTheAliasAndServeOnWithoutTheRegistry() throws Exception {
    Process serve;
    String url;
    try (DataDirectory data = DataDirectory.open(folder.resolve("data"), false);
        LocalStack stack = new LocalStack(data, Pipeline.of("test", "", Map.of()), 0, part -> {})) {
      ModelRegistryClient registry =
          new ModelRegistryClient(URI.create(stack.modelRegistryUrl()), null);
      registry.register(MODEL, artifact(1));
      registry.register(MODEL, artifact(2));
      registry.promote(MODEL, "champion", 1, null, "ann", "first");
      serve = serve(stack.modelRegistryUrl() + "/" + MODEL + "@champion");
      try {
        url = address(serve);
        assertThat(infer(url)).contains("\"model_version\":\"1\"");
        registry.promote(MODEL, "champion", 2, null, "ann", "better");
        await().atMost(PATIENCE).until(() -> infer(url).contains("\"model_version\":\"2\""));
        registry.rollback(MODEL, "champion", "ann", "worse after all");
        await().atMost(PATIENCE).until(() -> infer(url).contains("\"model_version\":\"1\""));
      } catch (Exception | AssertionError e) {
        serve.destroyForcibly();
        throw e;
      }
    }
    try {
      assertThat(infer(url)).as("the registry is gone").contains("\"model_version\":\"1\"");
      serve.destroy();
      assertThat(serve.waitFor()).as("stopped as it was told to").isIn(0, 143);
    } finally {
      serve.destroyForcibly();
    }
  }

  private static byte[] artifact(long sequence) {
    Random random = new Random(sequence);
    float[][] rows = new float[500][2];
    for (float[] row : rows) {
      row[0] = (float) random.nextGaussian();
      row[1] = (float) random.nextGaussian();
    }
    return ModelCodec.toBytes(
        ModelCodec.encode(
            KMeans.fit(rows, 3),
            new ModelMetadata(
                MODEL,
                Instant.EPOCH,
                Instant.EPOCH,
                "test-job",
                sequence,
                "00c0ffee00c0ffee",
                List.of("x", "y"),
                Map.of(),
                Map.of(),
                List.of())));
  }

  private Process serve(String model) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            ShoalCommand.class.getName(),
            "serve",
            "--model",
            model,
            "--port",
            "0")
        .redirectError(log().toFile())
        .start();
  }

  private String address(Process serve) throws IOException {
    // Not closed: it stays the process's output.
    BufferedReader output = serve.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher url = URL.matcher(line);
      if (url.find()) {
        return url.group(1);
      }
    }
    throw new IOException("serve ended before it listened: " + Files.readString(log()));
  }

  private Path log() {
    return folder.resolve("serve.log");
  }

  private String infer(String url) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/v2/models/" + MODEL + "/infer"))
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [0, 1]}]}
                        """))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }
}
