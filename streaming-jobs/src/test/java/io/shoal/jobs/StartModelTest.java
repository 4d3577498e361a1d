package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.registry.client.ColumnNames;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartModelTest {
  private static final KMeansModelData MODEL =
      KMeansModelData.builder()
          .centroids(new float[] {0, 100})
          .scales(new float[] {2})
          .weights(new double[] {10, 20})
          .clusterIds(new int[] {3, 5})
          .fraudWeights(new double[] {0, 1})
          .legitimateWeights(new double[2])
          .rawScores(1, 2, 3)
          .build();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(folder.resolve("model.avro"), artifact());
  }

  @Test
  void shouldGoOnFromAFile() throws IOException {
    KMeansModelData model = StartModel.load(file.toString(), settings(Map.of()));
    ModelTrainer trainer =
        ModelTrainer.from(
            model, settings(Map.of()), KernelProvider.load(KernelChoice.SCALAR), "run");

    assertThat(model.checksum()).isEqualTo(MODEL.checksum());
    PointBlock block = new PointBlock();
    block.d = 1;
    block.n = 1;
    block.points = new float[] {99};
    trainer.add(block);
    trainer.learnPending();
    assertThat(trainer.publishable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "model.k, 3, 'its model.k is 2, not 3'",
    "model.features, customer_mean_7d_to_30d, its model.features is [amount]",
  })
  void shouldRefuseAModelOfAnotherKind(String option, String value, String message) {
    assertThatThrownBy(() -> StartModel.load(file.toString(), settings(Map.of(option, value))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldGoOnFromAVersionOfTheRegistry() throws IOException {
    byte[] artifact = artifact();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/models/default/versions/12/export",
        exchange -> {
          exchange.sendResponseHeaders(200, artifact.length);
          exchange.getResponseBody().write(artifact);
          exchange.close();
        });
    server.start();
    try {
      String registry = "http://127.0.0.1:" + server.getAddress().getPort();

      assertThat(StartModel.load(registry + "/default/12", settings(Map.of())).checksum())
          .isEqualTo(MODEL.checksum());
      // It may be registered later, so that trying again helps.
      assertThatThrownBy(() -> StartModel.load(registry + "/default/13", settings(Map.of())))
          .isInstanceOf(IOException.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldRefuseAModelOfAnotherFeatureSet() throws IOException {
    Files.write(file, artifact("f00d"));

    assertThatThrownBy(() -> StartModel.load(file.toString(), settings(Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its feature set's fingerprint is f00d, not ");
  }

  @Test
  void shouldGoOnFromColumnsOfTheSameNames() throws IOException {
    Files.write(file, artifact(ColumnNames.fingerprint(List.of("amount"))));

    assertThat(StartModel.load(file.toString(), settings(Map.of())).checksum())
        .isEqualTo(MODEL.checksum());
  }

  @Test
  void shouldRefuseWhatIsNoModel() throws IOException {
    byte[] bytes = artifact();
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> StartModel.load(file.toString(), settings(Map.of())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("model.avro");
    }
    Files.delete(file);
    assertThatThrownBy(() -> StartModel.load(file.toString(), settings(Map.of())))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static TrainerSettings settings(Map<String, String> more) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "bootstrap.servers", "localhost:9092",
                "schema.registry.url", "http://localhost:8081",
                "model.k", "2",
                "model.features", "amount"));
    values.putAll(more);
    return TrainerSettings.of(new TrainerConfig(values), "id");
  }

  private static byte[] artifact() throws IOException {
    return artifact(settings(Map.of()).fingerprint());
  }

  private static byte[] artifact(String fingerprint) throws IOException {
    ModelMetadata metadata =
        new ModelMetadata(
            "default",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            1,
            fingerprint,
            List.of("amount"),
            Map.of(),
            Map.of(),
            List.of());
    return ModelCodec.toBytes(ModelCodec.encode(MODEL, metadata));
  }
}
