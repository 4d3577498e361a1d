package io.shoal.benchmarks;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.KernelUnavailableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The assignment kernels against the scalar one, one thread: the best of several rounds after a
 * warm-up, the kernels in turn, so that a slow moment of the machine meets them all.
 */
public final class KernelBenchmark implements Benchmark {
  private static final int POINTS = 100_000;
  private static final int ROUNDS = 12;
  private static final double TOLERANCE = 1e-3;
  private static final int[][] SHAPES = {{64, 32}, {256, 32}, {64, 128}};
  private static final double SIMD_BOUND = 8;

  private final int points;
  private final int rounds;

  /** The benchmark as the command line runs it. */
  public KernelBenchmark() {
    this(POINTS, ROUNDS);
  }

  KernelBenchmark(int points, int rounds) {
    this.points = points;
    this.rounds = rounds;
  }

  @Override
  public String name() {
    return "kernels";
  }

  @Override
  public String description() {
    return "SIMD and OpenCL assignment against the scalar kernel, one thread";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) {
    List<AssignmentKernel> kernels = new ArrayList<>();
    kernels.add(KernelProvider.load(KernelChoice.SCALAR));
    kernels.add(KernelProvider.load(KernelChoice.SIMD));
    try {
      kernels.add(KernelProvider.load(KernelChoice.OPENCL));
    } catch (KernelUnavailableException e) {
      progress.accept("opencl left out: " + e.getMessage());
    }
    List<BenchmarkRow> rows = new ArrayList<>();
    for (int[] shape : SHAPES) {
      progress.accept("k " + shape[0] + ", d " + shape[1] + ", " + points + " points");
      double[] bestMs = measure(kernels, shape[0], shape[1]);
      for (int i = 1; i < kernels.size(); i++) {
        rows.add(row(kernels.get(i).name(), shape, bestMs[i], bestMs[0]));
      }
    }
    return rows;
  }

  private BenchmarkRow row(String kernel, int[] shape, double ms, double scalarMs) {
    @Nullable Double bound =
        kernel.equals("simd") && shape[0] == 64 && shape[1] == 32 ? SIMD_BOUND : null;
    return new BenchmarkRow(
        kernel + " assignment, k " + shape[0] + " d " + shape[1],
        points / ms / 1e3,
        "M points/s",
        points / scalarMs / 1e3,
        scalarMs / ms,
        bound);
  }

  private double[] measure(List<AssignmentKernel> kernels, int k, int d) {
    Random random = new Random(1);
    float[] rows = gaussians(random, points * d);
    float[] centroids = gaussians(random, k * d);
    int[] ids = new int[points];
    float[][] distances2 = new float[kernels.size()][points];
    double[] bestMs = new double[kernels.size()];
    Arrays.fill(bestMs, Double.POSITIVE_INFINITY);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < kernels.size(); i++) {
        long startedNs = System.nanoTime();
        kernels.get(i).assign(rows, points, d, centroids, k, ids, distances2[i]);
        bestMs[i] = Math.min(bestMs[i], (System.nanoTime() - startedNs) / 1e6);
      }
    }
    for (int i = 1; i < kernels.size(); i++) {
      requireSame(distances2[0], distances2[i], kernels.get(i).name());
    }
    return bestMs;
  }

  /** A fast wrong answer is no figure. */
  private static void requireSame(float[] expected, float[] actual, String kernel) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= TOLERANCE * expected[i])) {
        throw new IllegalStateException(
            "kernel " + kernel + " says " + actual[i] + " where scalar says " + expected[i]);
      }
    }
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
