package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FeaturesCommandTest {
  private static final String SET =
      """
      name: orders
      source: {topic: orders, id: order_id, event_time: at}
      entities:
        buyer: {key: buyer}
      aggregates:
        sum: {entity: buyer, function: sum, of: {field: total}, windows: [1d]}
      features:
        - {name: sum_1d, resolution: 1}
      """;

  @TempDir Path folder;

  private final StringWriter errors = new StringWriter();
  private String output = "";

  @Test
  void shouldSayWhatASetIs() throws IOException {
    Path set = Files.writeString(folder.resolve("orders.yaml"), SET);

    assertThat(run("validate", set.toString())).isZero();
    assertThat(output).startsWith("orders: 1 features, fingerprint ").contains("sum_1d", "buyer");
  }

  @Test
  void shouldSayWhereASetIsWrong() throws IOException {
    Path set = Files.writeString(folder.resolve("orders.yaml"), SET.replace("key:", "kay:"));

    assertThat(run("validate", set.toString())).isEqualTo(2);
    assertThat(errors.toString()).contains("orders.yaml:4:11: unknown field 'kay'");
  }

  @Test
  void shouldSayWhatOfARecordDoesNotFit() throws IOException {
    Path set = Files.writeString(folder.resolve("orders.yaml"), SET);
    Path record =
        Files.writeString(
            folder.resolve("order.avsc"),
            """
            {"type": "record", "name": "Order", "fields": [
              {"name": "order_id", "type": "string"}, {"name": "at", "type": "long"},
              {"name": "buyer", "type": "string"}, {"name": "total", "type": "string"}]}
            """);

    assertThat(run("validate", set.toString(), "--schema", record.toString())).isEqualTo(2);
    assertThat(errors.toString()).contains("'total' is string and cannot be read as a number");
    Files.writeString(
        record,
        Files.readString(record)
            .replace("total\", \"type\": \"string", "total\", \"type\": \"double"));
    assertThat(run("validate", set.toString(), "--schema", record.toString())).isZero();
    assertThat(output).startsWith("fits the record Order");
  }

  @Test
  void shouldExportAHistory() throws IOException {
    Path set = Files.writeString(folder.resolve("orders.yaml"), SET);
    Path events =
        Files.writeString(
            folder.resolve("events.csv"),
            """
            order_id,at,buyer,total,bad
            1,2024-05-06T10:00:00Z,anna,5,0
            2,2024-05-06T11:00:00Z,anna,6,1
            """);
    Path out = folder.resolve("out.parquet");

    assertThat(
            run(
                "export",
                "--features",
                set.toString(),
                "--from",
                events.toString(),
                "--to",
                out.toString(),
                "--label",
                "bad"))
        .isZero();
    assertThat(output).startsWith("2 rows of 1 features");
    assertThat(Files.readAllBytes(out)).startsWith("PAR1".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void shouldSayWhatAnExportLacks() throws IOException {
    String out = folder.resolve("out.parquet").toString();

    assertThat(run("export", "--from", "topic", "--to", out)).isEqualTo(2);
    assertThat(errors.toString()).contains("--config");
    assertThat(run("export", "--from", "none.csv", "--to", out)).isEqualTo(2);
    assertThat(errors.toString()).contains("none.csv");
    assertThat(run("export", "--from", "a", "--to", out, "--label-delay", "1w")).isEqualTo(2);
    assertThat(errors.toString()).contains("30m, 12h or 7d");
    assertThat(run("export", "--from", "a", "--to", "/none/out.parquet")).isEqualTo(2);
    assertThat(errors.toString()).contains("there is no folder /none");
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "features";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    PrintStream console = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      CommandLine command = ShoalCommand.commandLine();
      return command.setErr(new PrintWriter(errors, true)).execute(all);
    } finally {
      System.setOut(console);
      output = captured.toString(StandardCharsets.UTF_8);
    }
  }
}
