package io.shoal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceConfigTest {
  private static final ConfigDef OPTIONS =
      new ConfigDef()
          .define("http.port", Type.INT, 8090, Range.between(0, 65_535), Importance.HIGH, "Port.")
          .define("data.dir", Type.STRING, Importance.HIGH, "Folder.");

  private static final class Config extends ServiceConfig {
    Config(Map<String, String> values) {
      super(OPTIONS, values);
    }
  }

  @Test
  void shouldTakeDefaultsAndGivenValues() {
    Config config = new Config(Map.of("data.dir", "/data"));

    assertThat(config.getInt("http.port")).isEqualTo(8090);
    assertThat(config.getString("data.dir")).isEqualTo("/data");
  }

  @Test
  void shouldSuggestTheNearestOption() {
    assertThatThrownBy(() -> new Config(Map.of("data.dir", "/data", "htpp.port", "1")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown option 'htpp.port'; did you mean 'http.port'?");
  }

  @Test
  void shouldListTheOptionsWhenNoneIsNear() {
    assertThatThrownBy(() -> new Config(Map.of("data.dir", "/data", "zzzzzzzz", "1")))
        .hasMessageContaining("known options: data.dir, http.port");
  }

  @Test
  void shouldRefuseValuesOutOfBounds() {
    assertThatThrownBy(() -> new Config(Map.of("data.dir", "/data", "http.port", "70000")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("http.port")
        .hasMessageContaining("70000");
  }

  @Test
  void shouldNameAMissingValue() {
    assertThatThrownBy(() -> new Config(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.dir");
  }

  @Test
  void shouldPassKafkaSettingsOn() {
    Config config = new Config(Map.of("data.dir", "/data", "kafka.security.protocol", "SSL"));

    assertThat(config.kafkaSettings()).containsExactly(Map.entry("security.protocol", "SSL"));
  }

  @Test
  void shouldReadAPropertiesFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.properties"), "data.dir = /data\n# comment\n");

    assertThat(ServiceConfig.load(file)).containsExactly(Map.entry("data.dir", "/data"));
  }

  @Test
  void shouldNameTheFileThatIsMissing(@TempDir Path folder) {
    assertThatThrownBy(() -> ServiceConfig.load(folder.resolve("none.properties")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.properties");
  }
}
