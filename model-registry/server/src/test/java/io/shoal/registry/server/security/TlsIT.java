package io.shoal.registry.server.security;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryException;
import io.shoal.registry.server.RunningRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIT {
  @TempDir Path folder;

  @Test
  void shouldSpeakTlsWithThoseWhoTrustItsCertificateAndNobodyElse() throws Exception {
    SelfSigned own = SelfSigned.in(folder, "registry");
    SelfSigned other = SelfSigned.in(folder, "other");
    try (RunningRegistry registry =
        RunningRegistry.withTls(folder.resolve("db"), own.certificate(), own.key())) {
      registry.register("job", 1);
      URI url = URI.create(registry.url());
      assertThat(url.getScheme()).isEqualTo("https");

      ModelRegistryClient trusting = new ModelRegistryClient(url, null, own.certificate());
      assertThat(trusting.versions(MODEL, Long.MAX_VALUE, 10)).hasSize(1);
      trusting.promote(MODEL, "canary", 1, null, "ann", "over TLS");
      assertThat(trusting.aliases(MODEL)).hasSize(2);

      for (Path ca : new Path[] {null, other.certificate()}) {
        ModelRegistryClient doubting = new ModelRegistryClient(url, null, ca);
        assertThatThrownBy(doubting::models)
            .isInstanceOf(ModelRegistryException.class)
            .hasMessageContaining("not trusted")
            .hasMessageContaining("SHOAL_REGISTRY_CA");
      }
      assertThatThrownBy(() -> plain(url)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void shouldSayWhatIsWrongWithACertificate() throws Exception {
    SelfSigned own = SelfSigned.in(folder, "registry");
    SelfSigned other = SelfSigned.in(folder, "other");
    Path noCertificate = Files.writeString(folder.resolve("text"), "no certificate");

    assertThatThrownBy(
            () ->
                RunningRegistry.withTls(folder.resolve("a"), own.certificate(), other.key())
                    .close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(other.key().toString());
    assertThatThrownBy(
            () -> RunningRegistry.withTls(folder.resolve("b"), noCertificate, own.key()).close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("PEM");
    assertThatThrownBy(
            () -> new ModelRegistryClient(URI.create("https://127.0.0.1:1"), null, noCertificate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PEM");
  }

  private static void plain(URI url) throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + url.getPort() + "/api/v1/models");
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
