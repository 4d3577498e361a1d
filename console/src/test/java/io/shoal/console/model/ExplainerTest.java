package io.shoal.console.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.console.model.Explainer.Alternative;
import io.shoal.console.model.Explainer.Explanation;
import io.shoal.console.store.Predictions.Cut;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  private static final Cut CUT = new Cut(0.99, null);

  private final Explainer explainer = new Explainer(content(), CUT);

  @Test
  void shouldSayWhatIsUsualForTheNearestCluster() {
    Explanation told = explainer.explain(new float[] {10, 50});

    assertThat(told.features())
        .extracting(Explainer.Feature::name)
        .containsExactly("amount", "count");
    assertThat(told.features().stream().mapToDouble(Explainer.Feature::share).sum())
        .isCloseTo(1, within(1e-6));
    assertThat(told.features().get(0).centre()).isCloseTo(10, within(0.5));
    assertThat(told.features().get(1).deviation()).isPositive();
    assertThat(told.clusterShare()).isBetween(0.4, 0.6);
  }

  @Test
  void shouldFindTheSmallestChangeOfOneFeatureThatPasses() {
    float[] odd = {10, 50};
    Explanation told = explainer.explain(odd);

    assertThat(told.score()).isGreaterThan(CUT.score());
    Alternative first = told.alternatives().get(0);
    assertThat(first.feature()).isEqualTo("count");
    assertThat(first.score()).isLessThanOrEqualTo(CUT.score());
    assertThat(first.values().get(0)).isEqualTo(10.0);
    // A little less of a change does not pass.
    double almost = first.values().get(1) + 0.02 * (odd[1] - first.values().get(1));
    assertThat(explainer.explain(new float[] {10, (float) almost}).score())
        .isGreaterThan(CUT.score());
  }

  @Test
  void shouldMoveAllFeaturesWhereNoneSufficesAlone() {
    Explanation told = explainer.explain(new float[] {500, 500});

    assertThat(told.alternatives())
        .singleElement()
        .satisfies(
            all -> {
              assertThat(all.feature()).isNull();
              assertThat(all.score()).isLessThanOrEqualTo(CUT.score());
            });
  }

  @Test
  void shouldChangeNothingOfWhatPasses() {
    assertThat(explainer.explain(new float[] {10, 5}).alternatives()).isEmpty();
  }

  private static VersionCache.Content content() {
    Random random = new Random(1);
    float[][] rows = new float[4_000][];
    for (int i = 0; i < rows.length; i++) {
      double centre = i % 2 == 0 ? 10 : 100;
      rows[i] =
          new float[] {
            (float) (centre + random.nextGaussian()), (float) (5 + random.nextGaussian())
          };
    }
    KMeansModelData model = KMeans.fit(rows, 2);
    ModelMetadata metadata =
        new ModelMetadata(
            "default",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            1,
            "f",
            List.of("amount", "count"),
            Map.of(),
            Map.of(),
            List.of());
    return new VersionCache.Content(ModelCodec.encode(model, metadata), model);
  }
}
