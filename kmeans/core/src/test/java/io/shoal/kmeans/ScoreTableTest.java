package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScoreTableTest {
  @Property(tries = 300)
  void shouldBeStrictlyMonotoneAlsoBeyondTheLargestSeen(
      @ForAll long seed,
      @ForAll @IntRange(min = 200, max = 500) int n,
      @ForAll @DoubleRange(max = 1e5) double raw,
      @ForAll @DoubleRange(min = 0.01, max = 1e5) double more) {
    ScoreHistogram histogram = new ScoreHistogram();
    new Random(seed).doubles(n, 0, 50).forEach(histogram::add);
    ScoreTable table = new ScoreTable(histogram);

    assertThat(table.rank(raw)).isPositive().isLessThan(table.rank(raw + more));
    assertThat(table.rank(raw + more)).isLessThan(1);
    assertThat(table.rank(Float.MAX_VALUE)).isLessThan(1);
  }

  @Property(tries = 100)
  void shouldComeNearTheEmpiricalPercentile(
      @ForAll long seed, @ForAll @DoubleRange(min = 1, max = 20) double raw) {
    double[] values =
        new Random(seed).doubles(5_000).map(u -> -Math.log(1 - u) * 5).sorted().toArray();
    ScoreHistogram histogram = new ScoreHistogram();
    Arrays.stream(values).forEach(histogram::add);
    double empirical = Arrays.stream(values).filter(v -> v <= raw).count() / 5_000.0;

    assertThat(new ScoreTable(histogram).rank(raw)).isCloseTo(empirical, within(0.01));
  }

  @Test
  void shouldRefuseAnEmptyHistogram() {
    assertThatThrownBy(() -> new ScoreTable(new ScoreHistogram()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty");
  }
}
