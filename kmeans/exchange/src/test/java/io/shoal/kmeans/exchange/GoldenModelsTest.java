package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.ClusterLineage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Files of format 1, as they were written once: every later Shoal must read them. */
class GoldenModelsTest {
  @Test
  void shouldReadOnnxOfFormatOne() throws IOException {
    assertGolden(OnnxModels.read(file("format-1.onnx")));
  }

  @Test
  void shouldReadPmmlOfFormatOne() throws IOException {
    assertGolden(PmmlModels.read(file("format-1.pmml")));
  }

  private static InputStream file(String name) {
    return Objects.requireNonNull(GoldenModelsTest.class.getResourceAsStream("/golden/" + name));
  }

  private static void assertGolden(NamedModel named) {
    assertThat(named.features()).containsExactly("feature_0", "feature_1", "feature_2");
    assertThat(named.model().checksum())
        .isEqualTo("af4098ec896b7c387a7882559cfaaeee18689ac51ee7af251a17711b43c3b6f0");
    assertThat(named.model().lineage())
        .hasSize(5)
        .contains(new ClusterLineage(987, ClusterLineage.Change.RESEEDED, List.of(0, 1)));
  }
}
