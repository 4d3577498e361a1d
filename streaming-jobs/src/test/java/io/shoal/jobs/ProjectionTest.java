package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectionTest {
  private final Projection projection = new Projection("f00d", 3, 2, 0);
  private final float[] out = new float[2];

  @Test
  void shouldTakeTheModelsFeaturesInItsOrder() {
    assertThat(project("f00d", List.of(1f, 2f, 3f))).isNull();
    assertThat(out).containsExactly(3f, 1f);
    assertThat(projection.dimension()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAnotherFeatureSet() {
    assertThat(project("beef", List.of(1f, 2f, 3f))).isEqualTo("wrong-fingerprint");
  }

  @Test
  void shouldRefuseAnotherLength() {
    assertThat(project("f00d", List.of(1f, 2f))).isEqualTo("wrong-length");
    assertThat(project("f00d", List.of(1f, 2f, 3f, 4f))).isEqualTo("wrong-length");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldRefuseWhatIsNotFiniteEvenWhereTheModelDoesNotLook(float value) {
    for (int i = 0; i < 3; i++) {
      Float[] values = {1f, 2f, 3f};
      values[i] = value;
      assertThat(project("f00d", Arrays.asList(values))).isEqualTo("not-finite");
    }
  }

  private @Nullable String project(String fingerprint, List<Float> values) {
    return projection.project(fingerprint, values, projection.newWorkspace(), out);
  }
}
