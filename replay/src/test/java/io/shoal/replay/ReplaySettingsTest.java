package io.shoal.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.serving.ReviewPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplaySettingsTest {
  @TempDir Path dir;

  @Test
  void shouldHaveTheDefaultsOfTheServices() {
    assertThat(ReplaySettings.defaults().trainer().k()).isEqualTo(64);
    assertThat(ReplaySettings.defaults().policy()).isEqualTo(new ReviewPolicy(0.002, 0.5));
  }

  @Test
  void shouldReadYamlWithNestedKeys() throws IOException {
    Path file = dir.resolve("a.yaml");
    Files.writeString(file, "model:\n  k: 12\n  half.life: 3d\nreview.share: 0.01\n");

    ReplaySettings settings = ReplaySettings.load(file).with(Map.of("model.k", "13"));

    assertThat(settings.trainer().k()).isEqualTo(13);
    assertThat(settings.trainer().halfLife()).hasValue(java.time.Duration.ofDays(3));
    assertThat(settings.policy().share()).isEqualTo(0.01);
  }

  @Test
  void shouldTakeTheTrainersPropertiesAsTheyAre() throws IOException {
    Path file = dir.resolve("trainer.properties");
    Files.writeString(
        file,
        "bootstrap.servers=kafka:9092\nschema.registry.url=http://x\nkafka.acks=all\nmodel.k=5\n");

    assertThat(ReplaySettings.load(file).trainer().k()).isEqualTo(5);
  }

  @Test
  void shouldNameTheOptionThatWasMeant() {
    assertThatThrownBy(() -> new ReplaySettings(Map.of("model.kk", "5")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown option 'model.kk'; did you mean 'model.k'?");
  }
}
