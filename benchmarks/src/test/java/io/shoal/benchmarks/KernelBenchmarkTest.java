package io.shoal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class KernelBenchmarkTest {
  @Test
  void shouldSetEachKernelBesideTheScalarOne() {
    List<BenchmarkRow> rows = new KernelBenchmark(64, 2).run(line -> {});
    assertThat(rows)
        .extracting(BenchmarkRow::what)
        .contains(
            "simd assignment, k 64 d 32",
            "simd assignment, k 256 d 32",
            "simd assignment, k 64 d 128");
    assertThat(rows)
        .allSatisfy(
            r -> {
              assertThat(r.value()).isPositive();
              assertThat(r.ratio()).isCloseTo(r.value() / r.reference(), within(1e-9));
            });
    assertThat(rows).filteredOn(r -> r.bound() != null).hasSize(1);
  }

  @Test
  void shouldBeFoundByTheCommandLine() {
    assertThat(ServiceLoader.load(Benchmark.class))
        .hasAtLeastOneElementOfType(KernelBenchmark.class);
  }
}
