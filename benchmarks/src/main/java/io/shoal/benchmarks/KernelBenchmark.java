package io.shoal.benchmarks;

import io.shoal.benchmarks.kernels.KernelFigures;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import java.util.function.Consumer;

/** The numeric core against its limits and peers, on one thread. */
public final class KernelBenchmark implements Benchmark {
  @Override
  public String name() {
    return "kernels";
  }

  @Override
  public String description() {
    return "assignment, learning, fitting and scoring against limits and scikit-learn (4 minutes)";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    return KernelFigures.full().rows(progress);
  }
}
