package io.shoal.registry.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.TestModels;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.Aliases.Reason;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A registry that was filled by the first version goes on with this one. */
abstract class MigrationContract {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.123456Z");

  /** The URL of an empty database. */
  abstract String url();

  @Test
  void shouldLoseNothingOfTheFirstVersionsDatabase() {
    byte[] artifact = Candidates.toBytes(TestModels.candidate("job", 2));
    fill(url(), artifact);

    try (Database database = new Database(url(), "", "")) {
      Stores stores = Stores.in(database.jdbi(), Clock.systemUTC(), Policy.AUTOMATIC, 100);

      assertThat(stores.models().get("cards").lastVersion()).isEqualTo(3);
      List<RegisteredVersion> versions = stores.versions().page("cards", Long.MAX_VALUE, 10);
      assertThat(versions).extracting(RegisteredVersion::version).containsExactly(3L, 2L, 1L);
      assertThat(versions)
          .extracting(RegisteredVersion::state)
          .containsExactly(State.REJECTED, State.READY, State.READY);
      assertThat(versions).extracting(RegisteredVersion::pruned).containsExactly(true, false, true);
      assertThat(versions).extracting(RegisteredVersion::registeredAt).containsOnly(THEN);
      assertThat(stores.versions().artifact("cards", 2)).hasValue(artifact);
      assertThat(stores.versions().artifact("cards", 1)).isEmpty();
      assertThat(stores.aliases().get("cards", "champion").version()).isEqualTo(2);
      assertThat(stores.log().page("cards", Long.MAX_VALUE, 10))
          .extracting(entry -> entry.action() + " " + entry.toVersion() + " " + entry.reason())
          .containsExactly("PROMOTE 2 passed the checks", "PROMOTE 1 passed the checks");
      assertThat(stores.log().deciding("cards", "champion", THEN).orElseThrow().toVersion())
          .isEqualTo(2);
      assertThat(stores.outbox().first().orElseThrow().body()).isEqualTo(artifact);

      stores
          .aliases()
          .promote("cards", "canary", 2, null, new Reason("ann", "after the migration"));
      assertThat(stores.aliases().page("cards", "", 10))
          .extracting(ModelAlias::alias)
          .containsExactly("canary", "champion");
      AuditLog.Integrity integrity = stores.log().verify(null);
      assertThat(integrity.brokenAt()).isNull();
      assertThat(integrity.rows()).isEqualTo(3);
    }
  }

  /** What the first version kept: a pruned version, the champion, and a rejected one. */
  private static void fill(String url, byte[] artifact) {
    Flyway.configure().dataSource(url, null, null).target("1").load().migrate();
    Jdbi.create(url)
        .useHandle(
            handle -> {
              version(handle, 1, "READY", null);
              version(handle, 2, "READY", artifact);
              version(handle, 3, "REJECTED", null);
              handle.execute(
                  "INSERT INTO aliases VALUES ('cards', 'champion', 2, FALSE, ?)", time());
              for (int moved = 1; moved <= 2; moved++) {
                handle.execute(
                    "INSERT INTO audit (changed_at, changed_by, action, model, alias,"
                        + " from_version, to_version, reason) VALUES (?, 'policy:automatic',"
                        + " 'PROMOTE', 'cards', 'champion', ?, ?, 'passed the checks')",
                    time(),
                    moved == 1 ? null : 1,
                    moved);
              }
              handle.execute(
                  "INSERT INTO outbox (model, alias, version, promoted_at, promoted_by)"
                      + " VALUES ('cards', 'champion', 2, ?, 'policy:automatic')",
                  time());
            });
  }

  private static void version(
      Handle handle, long number, String state, byte @Nullable [] artifact) {
    handle
        .createUpdate(
            "INSERT INTO versions VALUES ('cards', :number, 'job', :number, :state, NULL,"
                + " 'checksum', 'f00d', :time, :time, :time, :artifact)")
        .bind("number", number)
        .bind("state", state)
        .bind("time", time())
        .bind("artifact", artifact)
        .execute();
  }

  private static OffsetDateTime time() {
    return THEN.atOffset(ZoneOffset.UTC);
  }
}
