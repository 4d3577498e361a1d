package io.shoal.benchmarks;

import io.shoal.benchmarks.training.TrainingDay;
import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import java.util.function.Consumer;

/** A day of traffic through the training job: its state and its heap must not grow. */
public final class TrainingDayBenchmark implements Benchmark {
  private static final long EVENTS = 43_200_000;

  @Override
  public String name() {
    return "training-day";
  }

  @Override
  public String description() {
    return "state and heap of the training job over 24 hours of event time (1 minute)";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    return TrainingDay.rows(EVENTS, progress);
  }
}
