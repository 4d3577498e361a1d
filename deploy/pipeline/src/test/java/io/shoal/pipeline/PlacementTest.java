package io.shoal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacementTest {
  @TempDir private Path folder;

  @Test
  void shouldFillInWhatTheFileLeavesOpen() throws IOException {
    Path file =
        write(
            """
            apiVersion: shoal/v1
            kind: Pipeline
            name: cards
            kafka: {bootstrap.servers: "broker:9092", schema.registry.url: "http://schemas:8081"}
            registry: {http.host: 10.0.0.1}
            scaling: {standbys: 1, min: 2, max: 2}
            """);
    Placement placement = new Placement(folder.resolve("data"), "0.0.0.0", "cards-0.cards");

    assertThat(placement.options(file, Service.SIDECAR))
        .containsEntry("bootstrap.servers", "broker:9092")
        .containsEntry("state.dir", folder.resolve("data/sidecar").toString())
        .containsEntry("http.host", "0.0.0.0")
        .containsEntry("http.advertised.host", "cards-0.cards")
        .containsEntry("standby.replicas", "1");
    assertThat(placement.options(file, Service.TRAINER))
        .containsEntry("checkpoint.dir", folder.resolve("data/checkpoints").toUri().toString())
        .containsEntry("metrics.port", "9249");
    assertThat(placement.options(file, Service.REGISTRY)).containsEntry("http.host", "10.0.0.1");
  }

  @Test
  void shouldNotStartAServiceAloneWithoutKafka() throws IOException {
    Path file = write("{apiVersion: shoal/v1, kind: Pipeline, name: cards}");

    assertThatThrownBy(() -> new Placement(folder, "127.0.0.1", "").options(file, Service.SIDECAR))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a service alone needs kafka's bootstrap.servers");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("pipeline.yaml"), text);
  }
}
