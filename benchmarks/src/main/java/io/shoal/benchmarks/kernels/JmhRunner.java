package io.shoal.benchmarks.kernels;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs one JMH benchmark at a time and tells its best iteration, which other work disturbs least.
 */
final class JmhRunner {
  private final int forks;
  private final int warmups;
  private final int iterations;
  private final long iterationMs;

  private JmhRunner(int forks, int warmups, int iterations, long iterationMs) {
    this.forks = forks;
    this.warmups = warmups;
    this.iterations = iterations;
    this.iterationMs = iterationMs;
  }

  /** In a JVM of its own, long enough for the compiler to settle. */
  static JmhRunner full() {
    return new JmhRunner(1, 4, 10, 400);
  }

  /** In this JVM, too short for a figure. */
  static JmhRunner quick() {
    return new JmhRunner(0, 0, 1, 1);
  }

  /**
   * What a benchmark took per operation.
   *
   * @param best iteration, in the benchmark's unit
   * @param bytes allocated
   */
  record Figure(double best, double bytes) {}

  /**
   * Runs a benchmark class.
   *
   * @param parameters name, value, name, value...
   * @throws RunnerException with the reason when it cannot run here
   */
  Figure run(Class<?> benchmark, String... parameters) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.include("^" + benchmark.getName() + "\\.");
    for (int i = 0; i < parameters.length; i += 2) {
      options.param(parameters[i], parameters[i + 1]);
    }
    options
        .forks(forks)
        .warmupIterations(warmups)
        .warmupTime(TimeValue.milliseconds(iterationMs))
        .measurementIterations(iterations)
        .measurementTime(TimeValue.milliseconds(iterationMs))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
    Collection<RunResult> results = new Runner(options.build()).run();
    RunResult result = results.iterator().next();
    Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Figure(
        result.getPrimaryResult().getStatistics().getMin(), bytes == null ? 0 : bytes.getScore());
  }
}
