package io.shoal.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.serving.ReviewPolicy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplaySettingsTest {
  @Test
  void shouldHaveTheDefaultsOfTheServices() {
    assertThat(ReplaySettings.defaults().trainer().k()).isEqualTo(64);
    assertThat(ReplaySettings.defaults().policy()).isEqualTo(new ReviewPolicy(0.002, 0.5));
  }

  @Test
  void shouldTakeWhatTheServicesTake() {
    ReplaySettings settings =
        new ReplaySettings(
                Map.of(
                    "bootstrap.servers", "kafka:9092",
                    "kafka.acks", "all",
                    "state.dir", "/var/lib/shoal",
                    "model.k", "12",
                    "review.share", "0.01"))
            .with(Map.of("model.k", "13"));

    assertThat(settings.trainer().k()).isEqualTo(13);
    assertThat(settings.policy().share()).isEqualTo(0.01);
  }

  @Test
  void shouldNameTheOptionThatWasMeant() {
    assertThatThrownBy(() -> new ReplaySettings(Map.of("model.kk", "5")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown option 'model.kk'; did you mean 'model.k'?");
  }
}
