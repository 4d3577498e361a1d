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
import java.util.Locale;
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
  private static final int[][] SHAPES = {{64, 32}, {256, 32}, {64, 128}};
  private static final double SIMD_BOUND = 8;

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
    for (KernelChoice choice :
        List.of(KernelChoice.SCALAR, KernelChoice.SIMD, KernelChoice.OPENCL)) {
      try {
        kernels.add(KernelProvider.load(choice));
      } catch (KernelUnavailableException e) {
        progress.accept(choice.name().toLowerCase(Locale.ROOT) + " left out: " + e.getMessage());
      }
    }
    List<BenchmarkRow> rows = new ArrayList<>();
    for (int[] shape : SHAPES) {
      progress.accept("k " + shape[0] + ", d " + shape[1] + ", " + POINTS + " points");
      double[] bestMs = measure(kernels, shape[0], shape[1]);
      for (int i = 1; i < kernels.size(); i++) {
        rows.add(row(kernels.get(i).name(), shape, bestMs[i], bestMs[0]));
      }
    }
    return rows;
  }

  private static BenchmarkRow row(String kernel, int[] shape, double ms, double scalarMs) {
    @Nullable Double bound =
        kernel.equals("simd") && shape[0] == 64 && shape[1] == 32 ? SIMD_BOUND : null;
    return new BenchmarkRow(
        kernel + " assignment, k " + shape[0] + " d " + shape[1],
        ms,
        "ms/100k",
        scalarMs,
        scalarMs / ms,
        bound);
  }

  private static double[] measure(List<AssignmentKernel> kernels, int k, int d) {
    Random random = new Random(1);
    float[] points = gaussians(random, POINTS * d);
    float[] centroids = gaussians(random, k * d);
    int[] ids = new int[POINTS];
    float[] distances2 = new float[POINTS];
    double[] bestMs = new double[kernels.size()];
    Arrays.fill(bestMs, Double.POSITIVE_INFINITY);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < kernels.size(); i++) {
        long startedNs = System.nanoTime();
        kernels.get(i).assign(points, POINTS, d, centroids, k, ids, distances2);
        bestMs[i] = Math.min(bestMs[i], (System.nanoTime() - startedNs) / 1e6);
      }
    }
    return bestMs;
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
