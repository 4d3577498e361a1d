package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.Ports;
import io.shoal.local.deployment.DeploymentStatus;
import io.shoal.local.deployment.Deployments;
import io.shoal.local.deployment.RunState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in the background outlives its terminal and a kill of its process. */
class DeployCommandIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NAME = "cards";

  @TempDir Path folder;
  private Path launcher = Path.of("");
  private Path state = Path.of("");

  @BeforeEach
  void writeLauncher() throws IOException {
    launcher = Launcher.in(folder);
    state = folder.resolve("state");
  }

  @AfterEach
  void delete() throws Exception {
    if (deployments().has(NAME)) {
      assertThat(shoal("delete", NAME, "--data")).isZero();
    }
  }

  @Test
  void shouldRunOnWithoutItsTerminalAndAfterItsProcessIsKilled() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("pipeline.yaml"),
            """
            apiVersion: shoal/v1
            kind: Pipeline
            name: cards
            local: {port: %d}
            """
                .formatted(fivePorts()));

    assertThat(inTerminal(launcher + " deploy " + file)).as(console()).isZero();

    DeploymentStatus before = deployments().get(NAME).status();
    assertThat(before.state()).isEqualTo(RunState.RUNNING);
    assertThat(before.restarts()).isZero();

    ProcessHandle process = ProcessHandle.of(before.pid()).orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();

    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              DeploymentStatus after = deployments().get(NAME).status();
              assertThat(after.state()).as(console()).isEqualTo(RunState.RUNNING);
              assertThat(after.restarts()).isEqualTo(1);
              assertThat(after.pid()).isNotEqualTo(before.pid());
            });

    long again = deployments().get(NAME).status().pid();
    assertThat(shoal("delete", NAME, "--data")).isZero();
    assertThat(deployments().has(NAME)).isFalse();
    assertThat(ProcessHandle.of(again).filter(ProcessHandle::isAlive)).isEmpty();
  }

  /** Runs a line on a terminal that is closed at its end, which hangs up on what is left in it. */
  private int inTerminal(String line) throws Exception {
    return run("script", "-qec", line, "/dev/null");
  }

  private int shoal(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = launcher.toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return run(command);
  }

  private int run(String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("said.log").toFile()));
    builder.environment().put("XDG_STATE_HOME", state.toString());
    builder.environment().remove("SHOAL_LOG_FORMAT");
    Process process = builder.start();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private Deployments deployments() {
    return new Deployments(state.resolve("shoal/deployments"));
  }

  /** What the processes said, for a failure's message. */
  private String console() throws IOException {
    Path said = folder.resolve("said.log");
    String text = Files.exists(said) ? Files.readString(said) : "";
    return deployments().has(NAME)
        ? text + Files.readString(deployments().get(NAME).console())
        : text;
  }

  /** The first of five free ports in a row: the broker's and those of the parts after it. */
  private static int fivePorts() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = Ports.free();
      if (first + 4 <= 65_535 && areFree(first + 1, first + 4)) {
        return first;
      }
    }
    throw new IllegalStateException("no five free ports in a row");
  }

  private static boolean areFree(int from, int to) {
    for (int port = from; port <= to; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertThat(socket.isBound()).isTrue();
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }
}
