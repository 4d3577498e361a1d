package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DaviesBouldinTest {
  private final ScalarAssignmentKernel kernel = new ScalarAssignmentKernel();

  @Test
  void shouldAgreeWithACalculationByHand() {
    KMeansModelData model = model(new float[] {1, 1}, 0, 0, 8, 0, 0, 16);
    // Mean distances 1, 2 and 0; distances 8, 16 and sqrt(320).
    float[] points = {1, 0, -1, 0, 8, 2, 8, -2, 0, 16};

    double expected = (3.0 / 8 + 3.0 / 8 + Math.max(1.0 / 16, 2 / Math.sqrt(320))) / 3;
    assertThat(DaviesBouldin.of(model, kernel, points, 5)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void shouldMeasureInScaledFeatures() {
    float[] points = {10, 0, -10, 0, 80, 2, 80, -2, 0, 16};

    double wide =
        DaviesBouldin.of(model(new float[] {10, 1}, 0, 0, 80, 0, 0, 16), kernel, points, 5);
    double narrow =
        DaviesBouldin.of(
            model(new float[] {1, 1}, 0, 0, 8, 0, 0, 16),
            kernel,
            new float[] {1, 0, -1, 0, 8, 2, 8, -2, 0, 16},
            5);
    assertThat(wide).isCloseTo(narrow, within(1e-6));
  }

  @Test
  void shouldRiseWhenClustersComeCloser() {
    Random random = new Random(3);
    double last = 0;
    for (double apart : new double[] {100, 10, 3, 1}) {
      float[] points = Samples.blobs(random, 2_000, 2, 0, apart);
      KMeansModelData model = model(new float[] {1, 1}, 0, 0, (float) apart, (float) apart);
      double index = DaviesBouldin.of(model, kernel, points, 2_000);
      assertThat(index).isGreaterThan(last);
      last = index;
    }
  }

  @Test
  void shouldLeaveOutClustersWithoutPoints() {
    float[] points = {1, 0, -1, 0, 8, 2, 8, -2};

    assertThat(DaviesBouldin.of(model(new float[] {1, 1}, 0, 0, 8, 0, 500, 500), kernel, points, 4))
        .isCloseTo(3.0 / 8, within(1e-9));
    assertThat(DaviesBouldin.of(model(new float[] {1, 1}, 0, 0, 8, 0), kernel, points, 2)).isNaN();
    assertThat(DaviesBouldin.of(model(new float[] {1, 1}, 0, 0, 8, 0), kernel, points, 0)).isNaN();
  }

  @Test
  void shouldRefuseMorePointsThanThereAre() {
    assertThatThrownBy(
            () -> DaviesBouldin.of(model(new float[] {1, 1}, 0, 0), kernel, new float[3], 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static KMeansModelData model(float[] scales, float... centroids) {
    int k = centroids.length / scales.length;
    double[] weights = new double[k];
    int[] ids = new int[k];
    for (int j = 0; j < k; j++) {
      weights[j] = 1;
      ids[j] = j;
    }
    return KMeansModelData.builder()
        .centroids(centroids)
        .scales(scales)
        .weights(weights)
        .clusterIds(ids)
        .fraudWeights(new double[k])
        .legitimateWeights(new double[k])
        .rawScores(1, 2, 3)
        .build();
  }
}
