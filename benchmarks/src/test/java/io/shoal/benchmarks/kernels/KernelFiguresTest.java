package io.shoal.benchmarks.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.cli.bench.BenchmarkRow;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelFiguresTest {
  /** Runs every benchmark once, each with its own check of the result; peers are left out. */
  @Test
  void shouldSetEachFigureBesideItsReference() throws Exception {
    List<BenchmarkRow> rows = KernelFigures.quick().rows(line -> {});

    assertThat(rows)
        .extracting(BenchmarkRow::what)
        .contains(
            "simd assignment against scalar, k 64 d 32",
            "simd assignment against FMA peak, k 256 d 32",
            "simd assignment against scalar, k 64 d 128",
            "score of one point with risk, k 64 d 16, limit 300 ns");
    assertThat(rows)
        .filteredOn(r -> r.unit().equals("M points/s"))
        .isNotEmpty()
        .allSatisfy(
            r -> {
              assertThat(r.value()).isPositive();
              assertThat(r.ratio()).isCloseTo(r.value() / r.reference(), within(1e-9));
            });
    assertThat(rows).filteredOn(r -> r.unit().equals("bytes")).hasSize(2);
  }
}
