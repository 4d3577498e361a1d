package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.schemas.UndecodableRecordException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectionTest {
  private final Projection projection = new Projection("f00d", 3, 2, 0);
  private final float[] out = new float[2];

  @Test
  void shouldTakeTheModelsFeaturesInItsOrder() {
    project("f00d", List.of(1f, 2f, 3f));
    assertThat(out).containsExactly(3f, 1f);
    assertThat(projection.dimension()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAnotherFeatureSet() {
    assertRefused("wrong-fingerprint", "beef", List.of(1f, 2f, 3f));
  }

  @Test
  void shouldRefuseAnotherLength() {
    assertRefused("wrong-length", "f00d", List.of(1f, 2f));
    assertRefused("wrong-length", "f00d", List.of(1f, 2f, 3f, 4f));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldRefuseWhatIsNotFiniteEvenWhereTheModelDoesNotLook(float value) {
    for (int i = 0; i < 3; i++) {
      Float[] values = {1f, 2f, 3f};
      values[i] = value;
      assertRefused("not-finite", "f00d", Arrays.asList(values));
    }
  }

  private void assertRefused(String reason, String fingerprint, List<Float> values) {
    assertThatThrownBy(() -> project(fingerprint, values))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private void project(String fingerprint, List<Float> values) {
    projection.project(fingerprint, values, projection.newWorkspace(), out);
  }
}
