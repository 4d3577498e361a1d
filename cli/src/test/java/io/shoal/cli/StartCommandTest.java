package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCommandTest {
  @TempDir private Path folder;

  @Test
  void shouldWriteTheConfigurationOfAFlinkJobWithoutItsSecrets() throws IOException {
    Path pipeline =
        Files.writeString(
            folder.resolve("pipeline.yaml"),
            """
            apiVersion: shoal/v1
            kind: Pipeline
            name: cards
            kafka:
              bootstrap.servers: broker:9092
              schema.registry.url: http://schemas:8081
              sasl.jaas.config: ${env:JAAS}
            model: {k: 32}
            """);
    Path config = folder.resolve("trainer.properties");

    Cli written =
        Cli.run(
            "start",
            "trainer",
            "--pipeline",
            pipeline.toString(),
            "--write-config",
            config.toString());

    assertThat(written.exitCode()).as(written.err()).isZero();
    assertThat(Files.readAllLines(config))
        .filteredOn(line -> !line.startsWith("#"))
        .containsExactlyInAnyOrder(
            "bootstrap.servers=broker\\:9092",
            "schema.registry.url=http\\://schemas\\:8081",
            "kafka.sasl.jaas.config=${env\\:JAAS}",
            "model.k=32",
            "topic.prefix=cards.");
  }

  @Test
  void shouldWantEitherAPropertiesFileOrAPipeline() {
    assertThat(Cli.run("start", "sidecar").exitCode()).isEqualTo(2);
    assertThat(Cli.run("start", "sidecar", "--config", "a", "--pipeline", "b").exitCode())
        .isEqualTo(2);
    Cli config = Cli.run("start", "trainer", "--config", "a", "--write-config", "b");
    assertThat(config.exitCode()).isEqualTo(2);
    assertThat(config.err()).contains("--write-config writes what a --pipeline says");
  }

  @Test
  void shouldKeepOptionsOfClustersToClusters() throws IOException {
    Path pipeline =
        Files.writeString(
            folder.resolve("p.yaml"), "{apiVersion: shoal/v1, kind: Pipeline, name: cards}");
    Cli local = Cli.run("deploy", pipeline.toString(), "--out", "x.yaml");
    assertThat(local.exitCode()).isEqualTo(2);
    assertThat(local.err()).contains("are of --target kubernetes");

    Cli cluster = Cli.run("deploy", pipeline.toString(), "--target", "kubernetes");
    assertThat(cluster.exitCode()).isEqualTo(2);
    assertThat(cluster.err()).contains("the chart deploy/helm/shoal is not here");
  }
}
