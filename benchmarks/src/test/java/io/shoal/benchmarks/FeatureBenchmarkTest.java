package io.shoal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.cli.bench.BenchmarkRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureBenchmarkTest {
  @Test
  void shouldMeasureEveryFigureOnASmallScale() throws IOException {
    List<String> progress = new ArrayList<>();
    List<BenchmarkRow> rows = new FeatureBenchmark(100_000, 2_000, 1, 50).run(progress::add);

    assertThat(progress).isNotEmpty();
    assertThat(rows)
        .hasSize(6)
        .allSatisfy(row -> assertThat(row.value()).as(row.what()).isPositive().isFinite());
    assertThat(rows)
        .filteredOn(row -> row.unit().equals("bytes"))
        .allSatisfy(row -> assertThat(row.value()).isBetween(20.0, 400.0));
  }
}
