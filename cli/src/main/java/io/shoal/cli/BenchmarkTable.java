package io.shoal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Rows of a benchmark for a terminal, a program or a page. */
final class BenchmarkTable {
  private static final List<String> HEADERS =
      List.of("what", "value", "unit", "reference", "ratio", "bound", "holds");
  private static final Path CPUS = Path.of("/proc/cpuinfo");

  private BenchmarkTable() {}

  /** Columns of spaces. */
  static String text(List<BenchmarkRow> rows) {
    int width = rows.stream().mapToInt(r -> r.what().length()).max().orElse(0);
    String pattern = "%-" + Math.max(width, 4) + "s %12s  %-12s %12s %8s %8s  %s%n";
    StringBuilder table = new StringBuilder();
    Stream.concat(Stream.of(HEADERS), rows.stream().map(BenchmarkTable::cells))
        .forEach(cells -> table.append(String.format(Locale.ROOT, pattern, cells.toArray())));
    return table.toString();
  }

  static String json(List<BenchmarkRow> rows) throws JsonProcessingException {
    return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(rows)
        + System.lineSeparator();
  }

  static String markdown(List<BenchmarkRow> rows) {
    StringBuilder table = new StringBuilder();
    table.append("| ").append(String.join(" | ", HEADERS)).append(" |\n");
    table.append("|---|--:|---|--:|--:|--:|---|\n");
    for (BenchmarkRow row : rows) {
      table.append("| ").append(String.join(" | ", cells(row))).append(" |\n");
    }
    return table.toString();
  }

  /**
   * Writes the table in the place that the file keeps for it.
   *
   * @throws ConfigException when the file has no such place
   */
  static void record(Path file, String name, List<BenchmarkRow> rows) throws IOException {
    String start = "<!-- bench " + name + " -->";
    String end = "<!-- end bench " + name + " -->";
    String page = Files.readString(file);
    int from = page.indexOf(start);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      throw new ConfigException(
          file + " has no place for it: add the lines " + start + " and " + end);
    }
    String section = start + "\n" + machine() + "\n\n" + markdown(rows);
    Files.writeString(file, page.substring(0, from) + section + page.substring(to));
  }

  /** What it ran on. */
  private static String machine() throws IOException {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %s %s, Java %s, on %s:",
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("java.version"),
        LocalDate.now(ZoneOffset.UTC));
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(CPUS)) {
      return "Unknown processor";
    }
    try (Stream<String> lines = Files.lines(CPUS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("Unknown processor");
    }
  }

  private static List<String> cells(BenchmarkRow row) {
    return List.of(
        row.what(),
        number(row.value()),
        row.unit(),
        number(row.reference()),
        number(row.ratio()),
        row.bound() == null ? "-" : number(row.bound()),
        row.holds() ? "yes" : "NO");
  }

  private static String number(double value) {
    return Math.abs(value) >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
