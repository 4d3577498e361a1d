package io.shoal.cli.bench;

import java.util.List;
import java.util.function.Consumer;

/** A benchmark that {@code shoal bench} finds by {@link java.util.ServiceLoader}. */
public interface Benchmark {
  /** Its name on the command line. */
  String name();

  /** What it measures, in a line. */
  String description();

  /**
   * Runs it.
   *
   * @param progress is told now and then what is going on
   */
  List<BenchmarkRow> run(Consumer<String> progress) throws Exception;
}
