package io.shoal.benchmarks;

import io.shoal.benchmarks.training.TrainingFigures;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import java.util.function.Consumer;

/** The training job against Flink ML, against reading alone, and against the clock. */
public final class TrainingBenchmark implements Benchmark {
  @Override
  public String name() {
    return "training";
  }

  @Override
  public String description() {
    return "the training job from memory, from Kafka, and to the registry (2 minutes)";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    return TrainingFigures.full().rows(progress);
  }
}
