package io.shoal.benchmarks.kernels;

import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansFit;
import io.shoal.kmeans.KMeansParameters;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** linfa's case: a million blob points of two features, three clusters, one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup.
public class FitJmh {
  static final int POINTS = 1_000_000;
  static final int D = 2;
  static final int K = 3;

  private float[] points;
  private float[] start;
  private KMeans kmeans;

  /** Makes the blobs. */
  @Setup
  public void setUp() {
    points = Data.blobs(1, POINTS, D, K);
    start = start(points);
    kmeans =
        new KMeans(
            KMeansParameters.of(K).withStandardize(false), KernelProvider.load(KernelChoice.SIMD));
  }

  /** The first points: as random as the rest. */
  static float[] start(float[] points) {
    return Arrays.copyOf(points, K * D);
  }

  /** A fit. */
  @Benchmark
  public KMeansFit fit() {
    return kmeans.fitFrom(points, POINTS, D, start);
  }
}
