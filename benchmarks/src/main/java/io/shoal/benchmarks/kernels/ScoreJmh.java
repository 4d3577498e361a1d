package io.shoal.benchmarks.kernels;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.Score;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One point after the other, as the sidecar scores them: k 64, d 16, reasons and risk included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup.
public class ScoreJmh {
  private static final int D = 16;
  private static final int POINTS = 1_024;

  /** Whether the model has seen labels, so that there is a risk to tell. */
  @Param({"false", "true"})
  public boolean labelled;

  private final Score score = new Score();
  private AnomalyScorer scorer;
  private float[][] rows;

  /** Learns a model. */
  @Setup
  public void setUp() {
    int n = 20_000;
    float[] points = Data.gaussians(1, n * D);
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(64).dimension(D).build(),
            KernelProvider.load(KernelChoice.SIMD));
    learner.learn(new MiniBatch(points, n, D, 0));
    rows = new float[POINTS][];
    for (int i = 0; i < POINTS; i++) {
      rows[i] = Arrays.copyOfRange(points, i * D, (i + 1) * D);
      if (labelled) {
        learner.learnLabel(rows[i], i % 16 == 0, 0);
      }
    }
    scorer = new AnomalyScorer(learner.snapshot());
  }

  /** Scores all rows. */
  @Benchmark
  @OperationsPerInvocation(POINTS)
  public double score() {
    double sum = 0;
    for (float[] row : rows) {
      scorer.score(row, score);
      sum += score.score;
    }
    return sum;
  }
}
