package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.jobs.TrainerConfig;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.serving.SidecarConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/configuration.md to the options that the services define. {@code
 * -Dshoal.docs.write=true} writes it anew.
 */
class ConfigurationReferenceTest {
  private static final Path FILE = Path.of("..", "docs", "configuration.md");
  private static final String MARK =
      "<!-- From here on written by ConfigurationReferenceTest. -->\n";

  @Test
  void shouldDescribeEveryOption() throws IOException {
    String text = Files.readString(FILE);
    assertThat(text).contains(MARK);
    String introduction = text.substring(0, text.indexOf(MARK) + MARK.length());
    String expected =
        introduction
            + section("registry", RegistryConfig.OPTIONS)
            + section("trainer", TrainerConfig.options())
            + section("sidecar", SidecarConfig.OPTIONS);
    if (Boolean.getBoolean("shoal.docs.write")) {
      Files.writeString(FILE, expected);
    }

    assertThat(Files.readString(FILE))
        .as("docs/configuration.md; -Dshoal.docs.write=true writes it anew")
        .isEqualTo(expected);
  }

  private static String section(String service, ConfigDef options) {
    return "\n## `shoal start "
        + service
        + "`\n\n| option | type | default | bound | |\n|---|---|---|---|---|\n"
        + options.configKeys().values().stream()
            .map(ConfigurationReferenceTest::row)
            .collect(Collectors.joining());
  }

  private static String row(ConfigKey key) {
    assertThat(key.documentation).as(key.name).endsWith(".");
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            key.name,
            key.type.name().toLowerCase(Locale.ROOT),
            key.hasDefault() ? defaultOf(key) : "**required**",
            key.validator == null ? "" : key.validator.toString(),
            key.documentation);
  }

  private static String defaultOf(ConfigKey key) {
    String text =
        key.type == ConfigDef.Type.PASSWORD
            ? ((Password) key.defaultValue).value()
            : ConfigDef.convertToString(key.defaultValue, key.type);
    return text == null || text.isEmpty() ? "(none)" : "`" + text + "`";
  }
}
