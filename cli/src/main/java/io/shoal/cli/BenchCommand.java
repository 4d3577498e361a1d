package io.shoal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.util.List;
import java.util.Locale;
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
    System.out.print(output == Output.JSON ? json(rows) : table(rows));
    return rows.stream().allMatch(BenchmarkRow::holds) ? 0 : ShoalCommand.EXIT_FAILURE;
  }

  static String table(List<BenchmarkRow> rows) {
    StringBuilder table = new StringBuilder();
    String pattern = "%-44s %12s %-12s %12s %8s %8s  %s%n";
    table.append(
        String.format(
            Locale.ROOT, pattern, "what", "value", "unit", "reference", "ratio", "bound", "holds"));
    for (BenchmarkRow row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              pattern,
              row.what(),
              number(row.value()),
              row.unit(),
              number(row.reference()),
              number(row.ratio()),
              row.bound() == null ? "-" : number(row.bound()),
              row.holds() ? "yes" : "NO"));
    }
    return table.toString();
  }

  private static String json(List<BenchmarkRow> rows) throws JsonProcessingException {
    return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(rows)
        + System.lineSeparator();
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

  private static String number(double value) {
    return Math.abs(value) >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
