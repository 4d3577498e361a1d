package io.shoal.benchmarks.kernels;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The machine's limit: fused multiply-adds on registers, more in flight than their latency. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class FmaPeakJmh {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 1_000_000;

  /** Multiply-adds of a call. */
  static final double OPERATIONS = 12.0 * ROUNDS * FLOATS.length();

  private float factor = 1e-9f;

  /** {@link #OPERATIONS} multiply-adds. */
  @Benchmark
  public float multiplyAdd() {
    FloatVector a = FloatVector.broadcast(FLOATS, factor);
    FloatVector b = a.add(1f);
    FloatVector s0 = a;
    FloatVector s1 = a;
    FloatVector s2 = a;
    FloatVector s3 = a;
    FloatVector s4 = a;
    FloatVector s5 = a;
    FloatVector s6 = a;
    FloatVector s7 = a;
    FloatVector s8 = a;
    FloatVector s9 = a;
    FloatVector s10 = a;
    FloatVector s11 = a;
    for (int i = 0; i < ROUNDS; i++) {
      s0 = a.fma(b, s0);
      s1 = a.fma(b, s1);
      s2 = a.fma(b, s2);
      s3 = a.fma(b, s3);
      s4 = a.fma(b, s4);
      s5 = a.fma(b, s5);
      s6 = a.fma(b, s6);
      s7 = a.fma(b, s7);
      s8 = a.fma(b, s8);
      s9 = a.fma(b, s9);
      s10 = a.fma(b, s10);
      s11 = a.fma(b, s11);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
    FloatVector high = s6.add(s7).add(s8).add(s9).add(s10).add(s11);
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }
}
