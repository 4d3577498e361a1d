package io.shoal.benchmarks.kernels;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Assignment of {@link Data#POINTS} points; a call is a round. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup.
public class AssignJmh {
  /** How far two kernels' distances may be apart. */
  private static final float TOLERANCE = 1e-3f;

  /** Which kernel: one of {@link KernelChoice}, or a naive one in OpenCL. */
  @Param({"scalar", "simd", "opencl", "opencl-naive"})
  public String kernel;

  /** Clusters and features. */
  @Param({"k64-d32", "k256-d32", "k64-d128"})
  public String shape;

  private AssignmentKernel loaded;
  private int k;
  private int d;
  private float[] points;
  private float[] centroids;
  private int[] ids;
  private float[] distances2;

  /** Loads the kernel and checks it: a fast wrong answer is no figure. */
  @Setup
  public void setUp() {
    k = Data.shape(shape)[0];
    d = Data.shape(shape)[1];
    points = Data.gaussians(1, Data.POINTS * d);
    centroids = Data.gaussians(2, k * d);
    ids = new int[Data.POINTS];
    distances2 = new float[Data.POINTS];
    loaded =
        kernel.equals("opencl-naive")
            ? new NaiveOpenClKernel()
            : KernelProvider.load(KernelChoice.parse(kernel));
    float[] expected = new float[Data.POINTS];
    KernelProvider.load(KernelChoice.SCALAR)
        .assign(points, Data.POINTS, d, centroids, k, ids, expected);
    assign();
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(distances2[i] - expected[i]) <= TOLERANCE * expected[i])) {
        throw new IllegalStateException(
            kernel + " says " + distances2[i] + " where scalar says " + expected[i]);
      }
    }
  }

  /** A round. */
  @Benchmark
  public int[] assign() {
    loaded.assign(points, Data.POINTS, d, centroids, k, ids, distances2);
    return ids;
  }
}
