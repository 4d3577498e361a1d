package io.shoal.benchmarks.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.cli.bench.BenchmarkRow;
import org.junit.jupiter.api.Test;

class TrainingFiguresIT {
  /** Too little for a figure: it must run, and measure something. */
  @Test
  void shouldMeasureEveryRow() throws Exception {
    assertThat(TrainingFigures.quick().rows(progress -> {}))
        .hasSize(5)
        .allSatisfy(row -> assertThat(row.value()).isPositive().isFinite())
        .extracting(BenchmarkRow::what)
        .doesNotHaveDuplicates();
  }
}
