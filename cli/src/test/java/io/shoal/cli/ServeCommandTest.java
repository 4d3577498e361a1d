package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code shoal serve} refuses, each with exit code 2 and a line that says what to mend. */
class ServeCommandTest {
  @TempDir Path folder;

  @Test
  void shouldSayThatTheModelIsMissing() {
    assertRefused("nothing.onnx: no such file", "--model", folder.resolve("nothing.onnx") + "");
    assertRefused("--model", "--port", "0");
  }

  @Test
  void shouldSayThatTheFileIsNoModel() throws IOException {
    Path file = Files.writeString(folder.resolve("prose.onnx"), "no model at all");
    assertRefused("prose.onnx", "--model", file.toString());
    assertRefused(".pmml", "--model", folder.resolve("model.txt").toString());
  }

  @Test
  void shouldSayThatTheRegistryDoesNotAnswer() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertRefused("127.0.0.1:" + port, "--model", "http://127.0.0.1:" + port + "/default@champion");
  }

  @Test
  void shouldKnowTheBoundsOfItsOptions() {
    String model = folder.resolve("m.onnx").toString();
    assertRefused("--queue must lie between 1", "--model", model, "--queue", "0");
    assertRefused("--rows-max must lie between 1", "--model", model, "--rows-max", "0");
    assertRefused("--poll must lie between 1", "--model", model, "--poll", "0");
    assertRefused("--port must lie between 0", "--model", model, "--port", "70000");
  }

  private static void assertRefused(String message, String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "serve";
    System.arraycopy(options, 0, arguments, 1, options.length);
    Cli result = Cli.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }
}
