package io.shoal.local.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names in docs/metrics.md. */
final class MetricsTable {
  private static final Path FILE = Path.of("..", "..", "docs", "metrics.md");
  private static final Pattern NAME = Pattern.compile("`((?:shoal_|flink_|\\.\\.\\._)\\w+)`");
  private static final String FLINK = "flink_taskmanager_job_task_operator_";

  private MetricsTable() {}

  /** Every name in a row of the second table; histograms without their endings. */
  static Set<String> all() throws IOException {
    return names(true);
  }

  /** The names that must be told in any case. */
  static Set<String> always() throws IOException {
    return names(false);
  }

  private static Set<String> names(boolean sometimesToo) throws IOException {
    String text = Files.readString(FILE);
    String own =
        text.substring(text.indexOf("## Shoal's own"), text.indexOf("The trainer's records"));
    Set<String> names = new TreeSet<>();
    own.lines()
        .filter(line -> line.startsWith("| `"))
        .filter(line -> sometimesToo || !line.contains(" * | "))
        .forEach(
            line -> {
              Matcher name = NAME.matcher(line.substring(0, line.indexOf(" | ")));
              while (name.find()) {
                names.add(name.group(1).replace("..._", FLINK));
              }
            });
    return names;
  }
}
