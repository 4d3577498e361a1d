package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import java.io.IOException;
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
    ModelMetadata metadata =
        new ModelMetadata(
            "default",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            1,
            settings(Map.of()).fingerprint(),
            List.of("amount"),
            Map.of(),
            Map.of(),
            List.of());
    return ModelCodec.toBytes(ModelCodec.encode(MODEL, metadata));
  }
}
