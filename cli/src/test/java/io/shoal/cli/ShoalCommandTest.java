package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

class ShoalCommandTest {
  /** Fails in the way that it is told. */
  @Command(name = "fail")
  private static final class Failing implements Callable<Integer> {
    private final Exception exception;

    Failing(Exception exception) {
      this.exception = exception;
    }

    @Override
    public Integer call() throws Exception {
      throw exception;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "demmo, unknown command 'demmo'; did you mean 'demo'?, shoal",
    "--verbos, unknown option '--verbos'; did you mean '--verbose'?, shoal",
    "demo --headles, unknown option '--headles'; did you mean '--headless'?, shoal demo",
    "start sidecra --config x, unknown command 'sidecra'; did you mean 'sidecar'?, shoal start",
    "start sidecar, missing required argument (specify one of these): (--config=FILE | --pipeline=FILE), shoal start sidecar",
    "start, missing required subcommand, shoal start",
    "demo --limit, missing required parameter for option '--limit' (N), shoal demo",
    "demo --limit x, invalid value for option '--limit': 'x' is not a long, shoal demo",
    "demo more, unexpected argument 'more', shoal demo",
    "test --unti, unknown option '--unti'; did you mean '--unit'?, shoal test",
    "xyz, unknown command 'xyz', shoal"
  })
  void shouldExplainWrongUseInOneLineAndPointToHelp(String line, String message, String command) {
    Cli result = Cli.run(line.split(" "));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines())
        .containsExactly("shoal: " + message, "Try '" + command + " --help'.");
  }

  @Test
  void shouldNameKnownLevelsForUnknownOne() {
    Cli result = Cli.run("demo", "--log-level", "loud");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("'--log-level'", "WARN", "'loud'");
  }

  @Test
  void shouldAnswerWithOneLineWhatAPersonCanMend() {
    Cli result = fail(new ConfigException("port 9092 is taken; pass another --port-base"));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err().lines())
        .containsExactly("shoal: port 9092 is taken; pass another --port-base");
  }

  @Test
  void shouldPointToTheLogOnUnexpectedFailure() {
    Cli result = fail(new IllegalStateException("oh"));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err().lines())
        .hasSize(2)
        .startsWith("shoal: java.lang.IllegalStateException: oh");
    assertThat(result.err()).contains("--verbose").doesNotContain("\tat ");
  }

  @Test
  void shouldPrintStackTraceWhenVerbose() {
    Cli result = fail(new IllegalStateException("oh"), "--verbose");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("\tat io.shoal.cli.ShoalCommandTest");
  }

  @Test
  void shouldRefuseUnusableDemoOptionsBeforeAnythingStarts() {
    Cli result = Cli.run("demo", "--transactions", "/nowhere.csv");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("--transactions /nowhere.csv: no such file");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void shouldListVerbsExamplesAndExitCodesInHelp() {
    Cli help = Cli.run("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("  demo ", "  test ", "  start ", "  convert ", "  bench ", "  version ")
        .contains("Examples:", "Exit codes: 0 success, 1 failure, 2 wrong use");
    assertThat(Cli.run().out()).as("without arguments").isEqualTo(help.out());
  }

  @Test
  void shouldDescribeEveryOptionWithinEightyColumns() {
    List<CommandLine> commands = new ArrayList<>();
    collect(ShoalCommand.commandLine(), commands);
    assertThat(commands).hasSizeGreaterThan(8);
    for (CommandLine command : commands) {
      CommandSpec spec = command.getCommandSpec();
      assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
      assertThat(spec.options())
          .allSatisfy(o -> assertThat(o.description()).as(o.longestName()).isNotEmpty());
      assertThat(command.getUsageMessage().lines())
          .as(spec.qualifiedName())
          .allSatisfy(l -> assertThat(l.length()).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void shouldTellVersionsOfItsParts() {
    Cli result = Cli.run("version");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines())
        .hasSize(5)
        .anyMatch(l -> l.matches("shoal \\d+\\.\\d+\\.\\d+.*"))
        .anyMatch(l -> l.startsWith("java  " + Runtime.version().feature()))
        .anyMatch(l -> l.matches("kafka \\d+\\.\\d+\\.\\d+"))
        .anyMatch(l -> l.matches("flink \\d+\\.\\d+\\.\\d+"))
        .anyMatch(l -> l.matches("avro  \\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void shouldSayHowTestsAreRun() {
    Cli result = Cli.run("test", "--unit");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("./shoal test --unit");
  }

  private static void collect(CommandLine command, List<CommandLine> into) {
    into.add(command);
    command.getSubcommands().values().forEach(c -> collect(c, into));
  }

  private static Cli fail(Exception exception, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("fail");
    return Cli.run(
        () -> ShoalCommand.commandLine().addSubcommand(new Failing(exception)),
        arguments.toArray(String[]::new));
  }
}
