package io.shoal.registry.server;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static io.shoal.registry.server.TestModels.damaged;
import static io.shoal.registry.server.VersionStore.CHAMPION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.shoal.config.ConfigException;
import io.shoal.registry.server.AuditRow.Action;
import io.shoal.registry.server.RegistryException.Code;
import io.shoal.registry.server.VersionRow.State;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the embedded database, in a file. */
class VersionStoreTest {
  private static final int RETENTION = 20;

  @TempDir Path directory;

  private final SecondsClock clock = new SecondsClock();
  private Database database;
  private VersionStore store;

  /** Each look at it is a second after the one before. */
  private static final class SecondsClock extends Clock {
    private long seconds;

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(++seconds);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void open() {
    open(RegistryConfig.AUTOMATIC);
  }

  private void open(String policy) {
    RegistryConfig config =
        new RegistryConfig(
            Map.of(
                RegistryConfig.BOOTSTRAP_SERVERS,
                "unused:1",
                RegistryConfig.SCHEMA_REGISTRY_URL,
                "http://unused",
                RegistryConfig.PROMOTION_POLICY,
                policy,
                RegistryConfig.DATA_DIR,
                directory.toString()));
    database = new Database(config.jdbcUrl(), "", "");
    store = new VersionStore(database.jdbi(), clock, config.promotesAutomatically(), RETENTION);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void shouldNumberVersionsAndPromoteWhatPassed() {
    assertThat(accept(candidate("job", 1)).version()).isEqualTo(1);
    assertThat(accept(candidate("job", 2)).version()).isEqualTo(2);

    assertThat(store.models()).containsExactly(MODEL);
    assertThat(store.versions(MODEL, Long.MAX_VALUE, 10))
        .extracting(VersionRow::version)
        .containsExactly(2L, 1L);
    assertThat(store.versions(MODEL, 2, 10)).extracting(VersionRow::version).containsExactly(1L);
    assertThat(champion().version()).isEqualTo(2);
    assertThat(champion().pinned()).isFalse();
    assertThat(store.audit(MODEL, Long.MAX_VALUE, 10))
        .extracting(AuditRow::fromVersion, AuditRow::toVersion, AuditRow::changedBy)
        .containsExactly(tuple(1L, 2L, "policy:automatic"), tuple(null, 1L, "policy:automatic"));
    assertThat(store.outbox(10)).extracting(Announcement::version).containsExactly(1L, 2L);
  }

  @Test
  void shouldTakeTheSameCandidateOnce() {
    VersionRow first = accept(candidate("job", 1));
    accept(candidate("job", 2));

    assertThat(accept(candidate("job", 1))).isEqualTo(first);

    assertThat(store.versions(MODEL, Long.MAX_VALUE, 10)).hasSize(2);
    assertThat(champion().version()).isEqualTo(2);
    assertThat(store.outbox(10)).hasSize(2);
  }

  @Test
  void shouldKeepButNeverPromoteWhatWasRejected() {
    accept(candidate("job", 1));

    VersionRow rejected = accept(damaged("job", 2));

    assertThat(rejected.state()).isEqualTo(State.REJECTED);
    assertThat(rejected.reason()).contains("checksum");
    assertThat(champion().version()).isEqualTo(1);
    assertRefused(
        Code.CONFLICT, () -> store.promote(MODEL, CHAMPION, 2, "ann", "try"), "was rejected");
  }

  @Test
  void shouldCutAReasonThatNoRowHolds() {
    ModelVersion candidate = candidate("job", 1);
    VersionRow row = store.accept(candidate, Candidates.toBytes(candidate), "x".repeat(5_000));

    assertThat(row.reason()).hasSize(VersionStore.REASON_MAX);
  }

  @Test
  void shouldNotMoveAChampionThatAPersonPinned() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));

    store.promote(MODEL, CHAMPION, 1, "ann", "2 alerts too much");
    accept(candidate("job", 3));
    assertThat(champion().version()).isEqualTo(1);
    assertThat(champion().pinned()).isTrue();

    store.unpin(MODEL, CHAMPION, "ann", "mended");
    assertThat(champion().version()).isEqualTo(1);
    accept(candidate("job", 4));
    assertThat(champion().version()).isEqualTo(4);
  }

  @Test
  void shouldRollBackStepByStep() {
    accept(candidate("job", 1));
    assertRefused(
        Code.CONFLICT, () -> store.rollback(MODEL, CHAMPION, "ann", "bad"), "no other version");
    accept(candidate("job", 2));
    accept(candidate("job", 3));

    assertThat(store.rollback(MODEL, CHAMPION, "ann", "bad").version()).isEqualTo(2);
    assertThat(store.rollback(MODEL, CHAMPION, "ann", "as bad").version()).isEqualTo(1);
    assertRefused(
        Code.CONFLICT, () -> store.rollback(MODEL, CHAMPION, "ann", "bad"), "no other version");
    assertThat(store.audit(MODEL, Long.MAX_VALUE, 2))
        .allSatisfy(row -> assertThat(row.action()).isEqualTo(Action.ROLLBACK))
        .extracting(AuditRow::reason)
        .containsExactly("as bad", "bad");
  }

  @Test
  void shouldPointOtherAliasesByHandOnly() {
    accept(candidate("job", 1));
    store.promote(MODEL, "challenger", 1, "ann", "shadow");
    accept(candidate("job", 2));

    assertThat(store.aliases(MODEL))
        .extracting(AliasRow::alias, AliasRow::version)
        .containsExactly(tuple("challenger", 1L), tuple(CHAMPION, 2L));
  }

  @Test
  void shouldSayWhichVersionDecidedAtAMoment() {
    accept(candidate("job", 1));
    Instant between = clock.instant();
    accept(candidate("job", 2));

    assertThat(store.deciding(MODEL, CHAMPION, Instant.EPOCH)).isEmpty();
    assertThat(store.deciding(MODEL, CHAMPION, between).orElseThrow().toVersion()).isEqualTo(1);
    assertThat(store.deciding(MODEL, CHAMPION, clock.instant()).orElseThrow().toVersion())
        .isEqualTo(2);
  }

  @Test
  void shouldLeavePromotionToPeopleWhereThePolicySaysSo() {
    close();
    open(RegistryConfig.MANUAL);

    accept(candidate("job", 1));

    assertThat(store.aliases(MODEL)).isEmpty();
    assertThat(store.outbox(10)).isEmpty();
    store.promote(MODEL, CHAMPION, 1, "ann", "reviewed");
    assertThat(champion().version()).isEqualTo(1);
  }

  @Test
  void shouldPruneOldArtifactsButNoneUnderAnAliasOrStillToBeAnnounced() {
    accept(candidate("job", 1));
    store.promote(MODEL, "challenger", 1, "ann", "shadow");
    store.announced(Long.MAX_VALUE);
    accept(candidate("job", 2));
    store.announced(Long.MAX_VALUE);
    accept(candidate("job", 3));
    for (int i = 4; i <= 100; i++) {
      ModelVersion candidate = candidate("job", i);
      store.accept(candidate, Candidates.toBytes(candidate), "not promoted");
    }

    List<Long> pruned =
        store.versions(MODEL, Long.MAX_VALUE, 200).stream()
            .filter(VersionRow::pruned)
            .map(VersionRow::version)
            .sorted()
            .toList();
    // 1 is the challenger, 3 the champion and not announced yet.
    assertThat(pruned).startsWith(2L, 4L).endsWith(100L - RETENTION).hasSize(100 - RETENTION - 2);
    assertThat(store.artifact(MODEL, 2)).isEmpty();
    assertThat(store.artifact(MODEL, 1)).isPresent();
    assertRefused(Code.CONFLICT, () -> store.promote(MODEL, CHAMPION, 2, "ann", "x"), "pruned");
  }

  @Test
  void shouldForgetOnlyWhatWasAnnounced() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    Announcement first = store.outbox(1).get(0);

    store.announced(first.id());

    assertThat(store.outbox(10)).extracting(Announcement::version).containsExactly(2L);
  }

  @Test
  void shouldKeepEverythingWhenReopened() {
    accept(candidate("job", 1));
    accept(damaged("job", 2));
    byte[] artifact = store.artifact(MODEL, 1).orElseThrow();
    List<VersionRow> versions = store.versions(MODEL, Long.MAX_VALUE, 10);
    List<AuditRow> audit = store.audit(MODEL, Long.MAX_VALUE, 10);

    close();
    open(RegistryConfig.AUTOMATIC);

    assertThat(store.versions(MODEL, Long.MAX_VALUE, 10)).isEqualTo(versions);
    assertThat(store.audit(MODEL, Long.MAX_VALUE, 10)).isEqualTo(audit);
    assertThat(store.artifact(MODEL, 1).orElseThrow()).isEqualTo(artifact);
    assertThat(Candidates.fromBytes(artifact)).isEqualTo(candidate("job", 1));
    assertThat(accept(candidate("job", 3)).version()).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatDoesNotExist() {
    assertRefused(Code.RESOURCE_DOES_NOT_EXIST, () -> store.version(MODEL, 7), "no version 7");
    assertRefused(
        Code.RESOURCE_DOES_NOT_EXIST,
        () -> store.promote(MODEL, CHAMPION, 7, "ann", "x"),
        "no version 7");
    assertRefused(
        Code.RESOURCE_DOES_NOT_EXIST, () -> store.unpin(MODEL, "canary", "ann", "x"), "canary");
  }

  @Test
  void shouldSayWhatToDoWhereTheDatabaseCannotBeOpened() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    String url = "jdbc:h2:file:" + file.resolve("registry");

    assertThatThrownBy(() -> new Database(url, "", ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.dir can be written");
  }

  private VersionRow accept(ModelVersion candidate) {
    return store.accept(candidate, Candidates.toBytes(candidate), Candidates.problem(candidate));
  }

  private AliasRow champion() {
    return store.aliases(MODEL).stream()
        .filter(row -> row.alias().equals(CHAMPION))
        .findAny()
        .orElseThrow();
  }

  private static void assertRefused(Code code, ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}
