package io.shoal.cli;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a benchmark: ratios against a reference that was measured in the same run. */
@Command(
    name = "bench",
    description = "Runs a benchmark; each row stands beside a reference measured in the same run.",
    mixinStandardHelpOptions = true,
    footer = {"", "The exit code is 1 when a bound does not hold."})
final class BenchCommand implements Callable<Integer> {
  /** How rows are printed. */
  enum Output {
    TABLE,
    JSON
  }

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Which benchmark; without a name they are listed.")
  private @Nullable String name;

  @Option(names = "--list", description = "List the benchmarks.")
  private boolean list;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "How rows are printed (default: table).")
  private Output output = Output.TABLE;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = {
        "Also write the table and the machine into a Markdown file,",
        "between <!-- bench NAME --> and <!-- end bench NAME -->."
      })
  private @Nullable Path record;

  @Override
  public Integer call() throws Exception {
    List<Benchmark> known =
        ServiceLoader.load(Benchmark.class).stream().map(ServiceLoader.Provider::get).toList();
    String wanted = name;
    if (wanted == null || list) {
      known.forEach(b -> System.out.printf("%-12s %s%n", b.name(), b.description()));
      return 0;
    }
    Benchmark benchmark =
        known.stream()
            .filter(b -> b.name().equals(wanted))
            .findFirst()
            .orElseThrow(() -> unknown(wanted, known.stream().map(Benchmark::name).toList()));
    List<BenchmarkRow> rows = benchmark.run(System.err::println);
    System.out.print(output == Output.JSON ? BenchmarkTable.json(rows) : BenchmarkTable.text(rows));
    if (record != null) {
      BenchmarkTable.record(record, wanted, rows);
      System.err.println("recorded in " + record);
    }
    return rows.stream().allMatch(BenchmarkRow::holds) ? 0 : ShoalCommand.EXIT_FAILURE;
  }

  private static ConfigException unknown(String name, List<String> known) {
    return new ConfigException(
        "unknown benchmark '"
            + name
            + "'; "
            + Suggestions.nearest(name, known)
                .map(k -> "did you mean '" + k + "'?")
                .orElse("known: " + String.join(", ", known)));
  }
}
