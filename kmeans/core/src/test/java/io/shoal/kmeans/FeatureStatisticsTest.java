package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureStatisticsTest {
  @Test
  void shouldGiveTheStandardDeviation() {
    float[] points = Samples.blob(new Random(1), 10_000, 1, 50, 4);

    assertThat(scale(List.of(), points)).isCloseTo(4, within(0.1f));
    assertThat(scale(List.of(3f), points)).isCloseTo(5, within(0.1f));
  }

  @Test
  void shouldNotGoBelowTheResolutionWhenAConstantFeatureFirstMoves() {
    float[] points = Samples.repeat(100_000, 1f);
    points[points.length - 1] = 1.1f;

    assertThat(scale(List.of(), points)).isLessThan(0.001f);
    assertThat(scale(List.of(0.1f), points)).isCloseTo(0.1f, within(0.001f));
  }

  @Test
  void shouldTakeTheMagnitudeOfAConstantFeatureWithoutResolution() {
    assertThat(scale(List.of(), Samples.repeat(10, 1_000f))).isEqualTo(1_000);
    assertThat(scale(List.of(0f), Samples.repeat(10, 0f))).isEqualTo(1);
  }

  @Test
  void shouldRefuseResolutionsThatAreNone() {
    MiniBatchKMeansParameters.Builder builder = MiniBatchKMeansParameters.builder().dimension(2);

    for (List<Float> wrong :
        List.of(List.of(1f), List.of(1f, -1f), List.of(1f, Float.NaN), List.of(1f, 1e10f))) {
      assertThatThrownBy(() -> builder.resolutions(wrong).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("resolutions");
    }
  }

  private static float scale(List<Float> resolutions, float... points) {
    FeatureStatistics statistics = new FeatureStatistics(1, resolutions);
    int n = points.length;
    statistics.add(new ScalarAssignmentKernel(), points, n, new int[n], 1);
    return statistics.scales()[0];
  }
}
