package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RobustDistanceTest {
  @Test
  void shouldBeTheSumOfLogarithms() {
    Random random = new Random(3);
    for (int d = 1; d < 80; d++) {
      float[] points = new float[2 * d];
      float[] centroids = new float[3 * d];
      double expected = 0;
      for (int f = 0; f < d; f++) {
        points[d + f] = (float) random.nextGaussian() * 10;
        centroids[2 * d + f] = (float) random.nextGaussian();
        double z = points[d + f] - centroids[2 * d + f];
        expected += Math.log1p(z * z);
      }

      double distance = RobustDistance.between(points, d, centroids, 2 * d, d);

      assertThat(distance).as("d %d", d).isCloseTo(expected, withinPercentage(1e-4));
    }
  }

  @Test
  void shouldBeExactlyNothingAtTheCentroid() {
    assertThat(RobustDistance.between(new float[9], 0, new float[9], 0, 9)).isZero();
  }

  @Test
  void shouldStayFiniteHoweverManyFeaturesOverflow() {
    int d = 1_000;
    float[] point = new float[d];
    Arrays.fill(point, 3e38f);
    float[] centroid = new float[d];
    Arrays.fill(centroid, Float.NEGATIVE_INFINITY);

    assertThat(RobustDistance.between(point, 0, centroid, 0, d))
        .isCloseTo(d * Math.log(Float.MAX_VALUE), within(1e-6));
  }
}
