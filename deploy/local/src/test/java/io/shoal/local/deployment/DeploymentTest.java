package io.shoal.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.local.deployment.DeploymentStatus.Addresses;
import io.shoal.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentTest {
  private static final Duration SOON = Duration.ofMillis(1);

  @TempDir Path folder;

  private Deployments deployments;

  @BeforeEach
  void start() {
    deployments = new Deployments(folder.resolve("deployments"));
  }

  @Test
  void shouldKeepThePipelineWithItsFeatureSet() throws IOException {
    Files.copy(Path.of("../../docs/examples/orders.yaml"), folder.resolve("orders.yaml"));
    Path file = pipeline("name: orders\nfeatures: orders.yaml\n");

    Deployment deployment = deployments.put(Pipeline.read(file), file);
    Files.delete(folder.resolve("orders.yaml"));

    assertThat(deployments.all()).extracting(Deployment::name).containsExactly("orders");
    assertThat(deployment.pipeline().features())
        .contains(deployment.file().resolveSibling("orders.yaml"));
  }

  @Test
  void shouldRefuseAFeatureSetThatCannotBeKeptWithThePipeline() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.copy(Path.of("../../docs/examples/orders.yaml"), elsewhere.resolve("orders.yaml"));
    Path below = Files.createDirectory(folder.resolve("below"));
    Path file =
        Files.writeString(
            below.resolve("pipeline.yaml"),
            "apiVersion: shoal/v1\nkind: Pipeline\nname: orders\nfeatures: ../elsewhere/orders.yaml\n");

    assertThatThrownBy(() -> deployments.put(Pipeline.read(file), file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("must stand beside or below");
  }

  @Test
  void shouldSayWhichDeploymentWasProbablyMeant() throws IOException {
    deploy();

    assertThatThrownBy(() -> deployments.get("card"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no deployment 'card'; did you mean 'cards'?");
  }

  @Test
  void shouldStartAnewWhatFailsUntilItEndsInOrder() throws Exception {
    Deployment deployment = deploy();
    Path runs = folder.resolve("runs");

    supervise(deployment, "echo run >> %s; [ $(wc -l < %s) -ge 3 ]".formatted(runs, runs)).run();

    assertThat(runs).hasContent("run\nrun\nrun");
    assertThat(deployment.status())
        .returns(RunState.STOPPED, DeploymentStatus::state)
        .returns(2, DeploymentStatus::restarts);
  }

  @Test
  void shouldLeaveToAPersonWhatAPersonMustMend() throws Exception {
    Deployment deployment = deploy();

    supervise(deployment, "echo starting; echo 'port 19092 is taken' >&2; exit 2").run();

    assertThat(deployment.status())
        .returns(RunState.FAILED, DeploymentStatus::state)
        .returns("port 19092 is taken", DeploymentStatus::message)
        .returns(0L, DeploymentStatus::pid);
  }

  @Test
  void shouldRunOnceItsProcessSaysSoAndStopWhenTold() throws Exception {
    Deployment deployment = deploy();
    // Stands for a supervisor: what it is told of is this test's own process.
    deployment.start(List.of("sh", "-c", "exec sleep 600"));
    assertThat(deployment.status().state()).isEqualTo(RunState.STARTING);

    deployment.stop(Duration.ofSeconds(20));

    assertThat(deployment.status().state()).isEqualTo(RunState.STOPPED);
  }

  @Test
  void shouldTellWhereARunningPipelineIsReached() throws Exception {
    Deployment deployment = deploy();
    Addresses addresses = new Addresses("a:1", "http://b:2", "http://c:3", "http://d:4");
    deployment.announce(addresses);
    deployment.write(
        new Deployment.Supervised(
            Deployment.Identity.of(ProcessHandle.current()),
            ProcessHandle.current().pid(),
            false,
            false,
            0,
            Clock.systemUTC().instant(),
            null));

    assertThat(deployment.status())
        .returns(RunState.RUNNING, DeploymentStatus::state)
        .returns(addresses, DeploymentStatus::addresses);
  }

  @Test
  void shouldForgetADeploymentWithItsState() throws IOException {
    Deployment deployment = deploy();
    Files.createDirectories(deployment.data().resolve("kafka"));

    deployments.remove(deployment);

    assertThat(deployments.all()).isEmpty();
    assertThat(deployment.folder()).doesNotExist();
  }

  private Supervisor supervise(Deployment deployment, String script) {
    return new Supervisor(deployment, List.of("sh", "-c", script), Clock.systemUTC(), SOON);
  }

  private Deployment deploy() throws IOException {
    Path file = pipeline("name: cards\n");
    return deployments.put(Pipeline.read(file), file);
  }

  private Path pipeline(String rest) throws IOException {
    return Files.writeString(
        folder.resolve("pipeline.yaml"), "apiVersion: shoal/v1\nkind: Pipeline\n" + rest);
  }
}
