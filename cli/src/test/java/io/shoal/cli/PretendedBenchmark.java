package io.shoal.cli;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import java.util.function.Consumer;

/** A benchmark that measures nothing; its second row misses its bound. */
public final class PretendedBenchmark implements Benchmark {
  static final List<BenchmarkRow> ROWS =
      List.of(
          new BenchmarkRow("fast thing", 2_000_000, "points/s", 1_000_000, 2, 1.5),
          new BenchmarkRow("slow thing", 3.5, "ms", 7, 0.5, 1.0),
          new BenchmarkRow("free thing", 1, "ms", 1, 1, null));

  @Override
  public String name() {
    return "pretended";
  }

  @Override
  public String description() {
    return "measures nothing";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) {
    progress.accept("working");
    return ROWS;
  }
}
