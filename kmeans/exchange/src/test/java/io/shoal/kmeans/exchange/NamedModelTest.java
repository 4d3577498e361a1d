package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.InvalidVectorException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedModelTest {
  private static final NamedModel MODEL = Models.random(1, 4, 2, false);

  @Test
  void shouldRefuseTooFewNames() {
    assertRefused(List.of("a"), "the model has 2 features, 1 are named: [a]");
  }

  @Test
  void shouldRefuseANameThatStandsTwice() {
    assertRefused(List.of("a", "a"), "two features are named 'a'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000", "a\u0085", "\uD83D", "\uFFFE"})
  void shouldRefuseANameThatNoFileCanHold(String name) {
    assertRefused(List.of("a", name), "is blank or has control characters");
  }

  @Test
  void shouldCopyTheNames() {
    List<String> names = new ArrayList<>(List.of("a", "b"));
    NamedModel named = new NamedModel(MODEL.model(), names);
    names.set(0, "c");

    assertThat(named.features()).containsExactly("a", "b");
  }

  @Test
  void shouldCalibrateNothingButPercentiles() {
    NamedModel calibrated = MODEL.calibrated(new float[] {1, 2, 3, 4});

    assertThat(calibrated.model().scoreSketch()).isNotEqualTo(MODEL.model().scoreSketch());
    assertThat(calibrated.features()).isEqualTo(MODEL.features());
    assertThat(calibrated.model().centroids()).isEqualTo(MODEL.model().centroids());
    assertThat(calibrated.model().scales()).isEqualTo(MODEL.model().scales());
    assertThat(calibrated.model().weights()).isEqualTo(MODEL.model().weights());
    assertThat(calibrated.model().clusterIds()).isEqualTo(MODEL.model().clusterIds());
    assertThat(calibrated.model().lineage()).isEqualTo(MODEL.model().lineage());
    assertThat(calibrated.model().legitimateWeights()).isEqualTo(MODEL.model().legitimateWeights());
  }

  @Test
  void shouldNotCalibrateOnHalfAPoint() {
    assertThatThrownBy(() -> MODEL.calibrated(new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 values are no points of 2 features");
    assertThatThrownBy(() -> MODEL.calibrated(new float[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MODEL.calibrated(new float[] {1, Float.NaN}))
        .isInstanceOf(InvalidVectorException.class);
  }

  private static void assertRefused(List<String> names, String message) {
    assertThatThrownBy(() -> new NamedModel(MODEL.model(), names))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
