package io.shoal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final Pipeline BEFORE =
      Pipeline.of(
          "cards",
          "cards.",
          Map.of(
              Service.TRAINER, Map.of("model.k", "32", "model.kernel", "simd"),
              Service.SIDECAR, Map.of("threads", "2")));

  @Test
  void shouldFindNoneInTheSamePipeline() {
    Changes none = Changes.between(BEFORE, BEFORE);

    assertThat(none.isEmpty()).isTrue();
    assertThat(none.learningAnew()).isFalse();
  }

  @Test
  void shouldNameWhatIsSetAnotherWayAndWhatIsNoLongerSet() {
    Changes changes =
        Changes.between(
            BEFORE,
            Pipeline.of(
                "cards",
                "cards.",
                Map.of(
                    Service.TRAINER, Map.of("model.k", "32", "model.kernel", "scalar"),
                    Service.REGISTRY, Map.of("http.port", "9000"))));

    assertThat(changes.toString())
        .isEqualToNormalizingNewlines(
            """
              registry http.port: (default) -> 9000
              trainer model.kernel: simd -> scalar
              sidecar threads: 2 -> (default)
            """);
    assertThat(changes.learningAnew()).isFalse();
  }

  @Test
  void shouldSayWhenLearningMustBeginAnew() {
    Changes changes =
        Changes.between(
            BEFORE,
            Pipeline.of(
                "cards",
                "cards.",
                Map.of(
                    Service.TRAINER, Map.of("model.k", "16", "model.kernel", "simd"),
                    Service.SIDECAR, Map.of("threads", "2"))));

    assertThat(changes.learningAnew()).isTrue();
  }
}
