package io.shoal.features.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OperationTest {
  @ParameterizedTest
  @CsvSource({
    "LOG1P, 1.718281828459045, 0, 0, 0, 0, 0, 1",
    "LOG1P, -1, 0, 0, 0, 0, 0, NaN",
    "LN, 7.38905609893065, 0, 0, 0, 0, 0, 2",
    "LN, 0, 0, 0, 0, 0, 0, NaN",
    "RATIO, 6, 3, 0, 0, 0.5, 0, 2",
    "RATIO, -6, 0.1, 0, 0, 0.5, 0, 1",
    "DIFFERENCE, 6, 8, 0, 0, 0, 0, -2",
    "CLIP, 6, 0, 0, 0, 0, 5, 5",
    "CLIP, -6, 0, 0, 0, 0, 5, 0",
    "ZSCORE, 9, 5, 2, 0, 0.5, 0, 2",
    "ZSCORE, 9, 5, 0, 0, 0.5, 0, 8",
    "SIN, 6, 0, 0, 0, 24, 0, 1",
    "COS, 12, 0, 0, 0, 24, 0, -1",
    "DEFAULT, NaN, 0, 0, 0, 3, 0, 3",
    "DEFAULT, 2, 0, 0, 0, 3, 0, 2",
    "EQUALS, 3, 0, 0, 0, 3, 0, 1",
    "EQUALS, 2, 0, 0, 0, 3, 0, 0",
    "HOUR, 3599999, 0, 0, 0, 0, 0, 0",
    "HOUR, -1, 0, 0, 0, 0, 0, 23",
    "WEEKEND, 172800000, 0, 0, 0, 0, 0, 1",
    "WEEKEND, 172799999, 0, 0, 0, 0, 0, 0",
    "NIGHT, 21600000, 0, 0, 0, 0, 7, 1",
    "NIGHT, 25200000, 0, 0, 0, 0, 7, 0",
    "NIGHT, 82800000, 0, 0, 0, 22, 6, 1",
    "NIGHT, 43200000, 0, 0, 0, 22, 6, 0",
    "EUCLIDEAN, 1, 1, 4, 5, 0, 0, 5",
  })
  void shouldCompute(
      Operation operation, double a, double b, double c, double d, double p, double q, double out) {
    double value = operation.apply(a, b, c, d, p, q);
    if (Double.isNaN(out)) {
      assertThat(value).isNaN();
    } else {
      assertThat(value).isCloseTo(out, within(1e-12));
    }
  }

  @Test
  void shouldMeasureTheGlobe() {
    double berlinToParis = Operation.HAVERSINE.apply(52.52, 13.405, 48.8566, 2.3522, 0, 0);
    assertThat(berlinToParis).isCloseTo(877.5, within(1.0));
    assertThat(Operation.HAVERSINE.apply(0, 0, 0, 180, 0, 0)).isCloseTo(20_015, within(1.0));
    assertThat(Operation.HAVERSINE.apply(1, 2, 1, 2, 0, 0)).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DEFAULT", "HOUR", "WEEKEND", "NIGHT"})
  void shouldMissWhatItsOperandMisses(Operation operation) {
    assertThat(operation.apply(Double.NaN, 1, 1, 1, 1, 2)).isNaN();
  }
}
