package io.shoal.benchmarks.kernels;

import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The whole update (scales, assignment, scores, quarantine, sums, decay, reseeding) with the
 * defaults; a call learns {@link Data#POINTS} points in batches of {@link Data#BATCH}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup.
public class LearnJmh {
  /** Clusters and features. */
  @Param({"k64-d32", "k256-d32", "k64-d128"})
  public String shape;

  private MiniBatchKMeans learner;
  private MiniBatch[] batches;

  /** Cuts the points into batches and starts the learner. */
  @Setup
  public void setUp() {
    int d = Data.shape(shape)[1];
    float[] points = Data.gaussians(1, Data.POINTS * d);
    batches = new MiniBatch[Data.POINTS / Data.BATCH];
    for (int i = 0; i < batches.length; i++) {
      int length = Data.BATCH * d;
      float[] batch = Arrays.copyOfRange(points, i * length, (i + 1) * length);
      batches[i] = new MiniBatch(batch, Data.BATCH, d, i);
    }
    learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(Data.shape(shape)[0]).dimension(d).build(),
            KernelProvider.load(KernelChoice.SIMD));
    learn();
  }

  /** A round. */
  @Benchmark
  public long learn() {
    for (MiniBatch batch : batches) {
      learner.learn(batch);
    }
    return learner.metrics().events();
  }
}
