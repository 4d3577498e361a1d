package io.shoal.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuritySettingsTest {
  @TempDir Path folder;

  @Test
  void shouldNotSendTokensOverTheNetworkForAllToRead() throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), "");

    assertThatThrownBy(
            () -> settings(Map.of("http.host", "0.0.0.0", "auth.tokens.file", tokens.toString())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tls.certificate.file")
        .hasMessageContaining("http.plain.allowed");
    assertThat(
            settings(
                    Map.of(
                        "http.host", "0.0.0.0",
                        "auth.tokens.file", tokens.toString(),
                        "http.plain.allowed", "true"))
                .address()
                .getPort())
        .isEqualTo(8090);
  }

  @Test
  void shouldNotOpenItselfToTheNetworkUnasked() {
    assertThatThrownBy(() -> settings(Map.of("http.host", "0.0.0.0", "http.plain.allowed", "true")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("auth.tokens.file");
  }

  @Test
  void shouldWantCertificateAndKeyTogether() {
    assertThatThrownBy(() -> settings(Map.of("tls.key.file", "key.pem")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("go together");
  }

  private static SecuritySettings settings(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("bootstrap.servers", "127.0.0.1:1");
    all.put("schema.registry.url", "http://127.0.0.1:1");
    return new SecuritySettings(new RegistryConfig(all));
  }
}
