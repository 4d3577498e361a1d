package io.shoal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.cli.bench.Benchmark;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class KernelBenchmarkTest {
  @Test
  void shouldBeFoundByTheCommandLine() {
    assertThat(ServiceLoader.load(Benchmark.class))
        .hasAtLeastOneElementOfType(KernelBenchmark.class);
  }
}
