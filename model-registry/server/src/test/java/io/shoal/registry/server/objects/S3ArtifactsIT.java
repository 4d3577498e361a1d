package io.shoal.registry.server.objects;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.DamagedArtifactException;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.Secrets;
import io.shoal.registry.server.store.Stores;
import io.shoal.registry.server.store.TestDatabases;
import io.shoal.registry.server.store.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts in a real server with the S3 API. */
class S3ArtifactsIT {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir static Path objectsFolder;
  private static S3Server server;

  @TempDir Path folder;
  private Database database;
  private ObjectStore objects;
  private Stores stores;

  @BeforeAll
  static void startServer() throws IOException {
    server = new S3Server(objectsFolder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    database = TestDatabases.h2(folder);
    objects = new S3ObjectStore(server.location());
    stores = stores(NOW);
    for (Path left : server.contents()) {
      Files.delete(left);
    }
  }

  @AfterEach
  void close() {
    objects.close();
    database.close();
  }

  @Test
  void shouldKeepArtifactsInTheBucketAndNotInTheDatabase() throws Exception {
    RegisteredVersion row = accept(1);

    assertThat(server.contents()).hasSize(1);
    assertThat(bodies()).isZero();
    byte[] artifact = Candidates.toBytes(candidate("job", 1));
    assertThat(stores(NOW).versions().artifact(MODEL, row.version())).hasValue(artifact);
    assertThat(stores.outbox().first().orElseThrow().body()).isEqualTo(artifact);
  }

  @Test
  void shouldKeepNothingWhileTheBucketDoesNotAnswerAndGoOnAfterwards() throws Exception {
    server.freeze();
    try {
      assertThatThrownBy(() -> accept(1)).isInstanceOf(ObjectStoreUnavailableException.class);
    } finally {
      server.thaw();
    }
    assertThat(stores.versions().page(MODEL, Long.MAX_VALUE, 10)).isEmpty();

    assertThat(accept(1).version()).isEqualTo(1);
    assertThat(stores.versions().artifact(MODEL, 1)).isPresent();
  }

  @Test
  void shouldNoticeWhatWasChangedInTheBucket() throws Exception {
    accept(1);
    Path content = server.contents().get(0);
    byte[] bytes = Files.readAllBytes(content);
    bytes[bytes.length / 2] ^= 1;
    Files.write(content, bytes);
    Stores fresh = stores(NOW);

    assertThatThrownBy(() -> fresh.versions().artifact(MODEL, 1))
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining("was changed")
        .hasMessageContaining("choose another version");
    assertThatThrownBy(
            () -> fresh.aliases().promote(MODEL, "canary", 1, null, new Reason("ann", "try")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("was changed");
  }

  @Test
  void shouldAnnounceWhatCameAfterADamagedVersion() throws Exception {
    accept(1);
    objects.delete(onlyKey());
    Stores fresh = stores(NOW);
    assertThatThrownBy(() -> fresh.outbox().first())
        .isInstanceOf(DamagedArtifactException.class)
        .hasMessageContaining("missing");

    accept(2);

    assertThat(fresh.outbox().first().orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void shouldDeleteObjectsThatNoVersionNeeds() throws Exception {
    accept(1);
    accept(2);
    stores.versions().delete(MODEL, 1, new Reason("ann", "a mistake"));
    assertThat(accept(2).version()).as("seen twice").isEqualTo(2);
    assertThat(server.contents()).hasSize(3);

    assertThat(stores(NOW.plusSeconds(1)).artifacts().sweep()).as("the deleted").isEqualTo(1);
    assertThat(stores(NOW.plus(Duration.ofHours(2))).artifacts().sweep())
        .as("the second copy of the one seen twice")
        .isEqualTo(1);
    assertThat(server.contents()).hasSize(1);
    assertThat(stores(NOW).versions().artifact(MODEL, 2)).isPresent();
  }

  @Test
  void shouldSayThatThereIsNoSuchBucket() {
    S3ObjectStore.Location there = server.location();
    S3ObjectStore.Location other =
        new S3ObjectStore.Location("other", there.endpoint(), there.region(), "key", "secret");

    assertThatThrownBy(() -> new S3ObjectStore(other).close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bucket other")
        .hasMessageContaining("404");
  }

  private Stores stores(Instant now) {
    return Stores.in(
        database.jdbi(),
        Clock.fixed(now, ZoneOffset.UTC),
        Policy.AUTOMATIC,
        100,
        objects,
        Secrets.PLAIN);
  }

  private RegisteredVersion accept(long sequence) {
    var candidate = candidate("job", sequence);
    return stores.versions().accept(candidate, Candidates.toBytes(candidate), Verdict.GOOD, null);
  }

  private String onlyKey() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle.createQuery("SELECT object_key FROM artifacts").mapTo(String.class).one());
  }

  private int bodies() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT COUNT(*) FROM artifacts WHERE body IS NOT NULL")
                    .mapTo(int.class)
                    .one());
  }
}
