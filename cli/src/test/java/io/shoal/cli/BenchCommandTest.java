package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @Test
  void shouldListBenchmarks() {
    Cli result = Cli.run("bench", "--list");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("pretended    measures nothing");
    assertThat(Cli.run("bench").out()).isEqualTo(result.out());
  }

  @Test
  void shouldPrintRowsAsTableAndFailWhereABoundDoesNotHold() {
    Cli result = Cli.run("bench", "pretended");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).as("progress").isEqualToNormalizingNewlines("working\n");
    assertThat(result.out().lines().map(l -> l.replaceAll(" +", " ")))
        .containsExactly(
            "what value unit reference ratio bound holds",
            "fast thing 2,000,000 points/s 1,000,000 2.00 1.50 yes",
            "slow thing 3.50 ms 7.00 0.50 1.00 NO",
            "free thing 1.00 ms 1.00 1.00 - yes");
  }

  @Test
  void shouldPrintRowsAsJson() throws Exception {
    JsonNode rows = new ObjectMapper().readTree(Cli.run("bench", "pretended", "-o", "json").out());
    assertThat(rows).hasSize(3);
    assertThat(rows.get(1).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("what", "value", "unit", "reference", "ratio", "bound", "holds");
    assertThat(rows.get(1).get("holds").asBoolean()).isFalse();
    assertThat(rows.get(2).get("bound").isNull()).isTrue();
  }

  @Test
  void shouldRecordTheTableInItsPlace(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("performance.md");
    Files.writeString(
        page, "before\n<!-- bench pretended -->\nearlier\n<!-- end bench pretended -->\nafter\n");
    Cli.run("bench", "pretended", "--record", page.toString());

    assertThat(Files.readString(page))
        .startsWith("before\n<!-- bench pretended -->\n")
        .endsWith("<!-- end bench pretended -->\nafter\n")
        .contains("| slow thing | 3.50 | ms | 7.00 | 0.50 | 1.00 | NO |")
        .contains("cores")
        .doesNotContain("earlier");

    Files.writeString(page, "no place");
    Cli refused = Cli.run("bench", "pretended", "--record", page.toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("add the lines <!-- bench pretended -->");
  }

  @Test
  void shouldSuggestNearestBenchmark() {
    Cli result = Cli.run("bench", "pretendet");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("did you mean 'pretended'?");
  }
}
