package io.shoal.registry.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  private static final String SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

  @TempDir Path folder;

  @Test
  void shouldOpenWhatItSealedAndSealItDifferentlyEachTime() throws IOException {
    Secrets secrets = Secrets.of(key("a", 1));

    String sealed = secrets.seal(SECRET);

    assertThat(sealed).doesNotContain(SECRET).hasSizeLessThan(200);
    assertThat(secrets.open(sealed)).isEqualTo(SECRET);
    assertThat(secrets.seal(SECRET)).isNotEqualTo(sealed);
  }

  @Test
  void shouldSayWhichKeyIsMissing() throws IOException {
    String sealed = Secrets.of(key("a", 1)).seal(SECRET);
    Secrets other = Secrets.of(key("b", 2));
    Path wrong = Files.writeString(folder.resolve("wrong"), "hunter2");

    assertThatThrownBy(() -> other.open(sealed))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("another key");
    assertThatThrownBy(() -> Secrets.PLAIN.open(sealed))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("webhooks.key.file");
    assertThatThrownBy(() -> Secrets.of(wrong))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("openssl rand")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void shouldSealInTheDatabaseWhatWasKeptBeforeThereWasAKey() throws IOException {
    try (Database database = TestDatabases.h2(folder)) {
      stores(database, Secrets.PLAIN).webhooks().add("http://127.0.0.1:1", SECRET, "", "ann");
      assertThat(kept(database)).isEqualTo(SECRET);

      Stores sealing = stores(database, Secrets.of(key("a", 1)));
      sealing.webhooks().seal();
      assertThat(kept(database)).startsWith("sealed:");
      assertThat(sealing.webhooks().page(0, 10).get(0).secret()).startsWith("sealed:");
    }
  }

  private static Stores stores(Database database, Secrets secrets) {
    return Stores.in(database.jdbi(), Clock.systemUTC(), Policy.AUTOMATIC, 100, null, secrets);
  }

  private static String kept(Database database) {
    return database
        .jdbi()
        .withHandle(
            handle -> handle.createQuery("SELECT secret FROM webhooks").mapTo(String.class).one());
  }

  private Path key(String name, int fill) throws IOException {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return Files.writeString(
        folder.resolve(name), Base64.getEncoder().encodeToString(bytes) + "\n");
  }
}
