package io.shoal.registry.server.store;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static io.shoal.registry.server.store.Names.CHAMPION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.GateResult.Outcome;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** What aliases, requests and the log hold to, on whatever database. */
abstract class PromotionsContract extends OnDatabase {
  @Test
  void shouldNotMoveAChampionThatAPersonPinned() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));

    stores.aliases().promote(MODEL, CHAMPION, 1, null, ann("2 alerts too much"));
    accept(candidate("job", 3));
    assertThat(champion().version()).isEqualTo(1);
    assertThat(champion().pinned()).isTrue();

    stores.aliases().unpin(MODEL, CHAMPION, ann("mended"));
    assertThat(champion().version()).isEqualTo(1);
    accept(candidate("job", 4));
    assertThat(champion().version()).isEqualTo(4);
  }

  @Test
  void shouldRollBackStepByStep() {
    accept(candidate("job", 1));
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().rollback(MODEL, CHAMPION, ann("bad")),
        "no other version");
    accept(candidate("job", 2));
    accept(candidate("job", 3));

    assertThat(stores.aliases().rollback(MODEL, CHAMPION, ann("bad")).version()).isEqualTo(2);
    assertThat(stores.aliases().rollback(MODEL, CHAMPION, ann("as bad")).version()).isEqualTo(1);
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().rollback(MODEL, CHAMPION, ann("bad")),
        "no other version");
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 2))
        .allSatisfy(row -> assertThat(row.action()).isEqualTo(Action.ROLLBACK))
        .extracting(AuditEntry::reason)
        .containsExactly("as bad", "bad");
  }

  @Test
  void shouldPointOtherAliasesByHandOnly() {
    accept(candidate("job", 1));
    stores.aliases().promote(MODEL, "challenger", 1, null, ann("shadow"));
    accept(candidate("job", 2));

    assertThat(stores.aliases().list(MODEL))
        .extracting(ModelAlias::alias, ModelAlias::version)
        .containsExactly(tuple("challenger", 1L), tuple(CHAMPION, 2L));
  }

  @Test
  void shouldSayWhichVersionDecidedAtAMoment() {
    accept(candidate("job", 1));
    Instant between = clock.instant();
    accept(candidate("job", 2));

    assertThat(stores.log().deciding(MODEL, CHAMPION, Instant.EPOCH)).isEmpty();
    assertThat(stores.log().deciding(MODEL, CHAMPION, between).orElseThrow().toVersion())
        .isEqualTo(1);
    assertThat(stores.log().deciding(MODEL, CHAMPION, clock.instant()).orElseThrow().toVersion())
        .isEqualTo(2);
  }

  @Test
  void shouldLeavePromotionToPeopleWhereThePolicySaysSo() {
    close();
    open(Policy.MANUAL);

    accept(candidate("job", 1));

    assertThat(stores.aliases().list(MODEL)).isEmpty();
    assertThat(stores.outbox().first(10)).isEmpty();
    stores.aliases().promote(MODEL, CHAMPION, 1, null, ann("reviewed"));
    assertThat(champion().version()).isEqualTo(1);
  }

  @Test
  void shouldKeepWhatTheGatesSaidAndNotPromoteWhatOneRefused() {
    accept(candidate("job", 1));
    ModelVersion candidate = candidate("job", 2);
    List<GateResult> gates =
        List.of(
            new GateResult("flips", Outcome.FAILED, 0.5, 0.02, "50 % change sides"),
            new GateResult("score-drift", Outcome.SKIPPED, null, null, "too few"));

    RegisteredVersion row =
        stores
            .versions()
            .accept(candidate, Candidates.toBytes(candidate), new Verdict(null, gates), null);

    assertThat(row.state()).isEqualTo(State.READY);
    assertThat(stores.versions().gates(MODEL, 2)).isEqualTo(gates);
    assertThat(champion().version()).isEqualTo(1);
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 1).get(0))
        .satisfies(entry -> assertThat(entry.action()).isEqualTo(Action.REFUSE))
        .satisfies(entry -> assertThat(entry.reason()).contains("flips: 50 % change sides"));
    assertThat(stores.log().deciding(MODEL, CHAMPION, clock.instant()).orElseThrow().toVersion())
        .as("a refusal decides nothing")
        .isEqualTo(1);
    assertThat(stores.aliases().promote(MODEL, CHAMPION, 2, null, ann("seen")).version())
        .as("a person may still")
        .isEqualTo(2);
  }

  @Test
  void shouldLetOneOfTwoWinWhoSawTheSame() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    accept(candidate("job", 3));

    stores.aliases().promote(MODEL, CHAMPION, 1, 3L, ann("first"));

    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().promote(MODEL, CHAMPION, 2, 3L, ann("second")),
        "names version 1 by now, not version 3");
    assertThat(champion().version()).isEqualTo(1);
  }

  @Test
  void shouldLetExactlyOneOfManyAtOnceWin() throws Exception {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    List<Callable<Boolean>> contenders =
        Collections.nCopies(
            8,
            () -> {
              try {
                stores.aliases().promote(MODEL, "canary", 1, 0L, ann("mine"));
                return true;
              } catch (RegistryException e) {
                return false;
              }
            });
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      int won = 0;
      for (Future<Boolean> contender : threads.invokeAll(contenders)) {
        won += contender.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void shouldMoveAnAliasWhenAnotherPersonApproves() {
    close();
    open(Policy.APPROVAL);
    accept(candidate("job", 1));
    assertThat(stores.aliases().list(MODEL)).isEmpty();

    PromotionRequest asked = stores.requests().ask(MODEL, CHAMPION, 1, ann("reviewed"));
    assertRefused(
        Code.PERMISSION_DENIED,
        () -> stores.requests().approve(MODEL, asked.id(), ann("mine")),
        "another person");
    PromotionRequest approved =
        stores.requests().approve(MODEL, asked.id(), new Reason("bob", "agreed"));

    assertThat(approved.state()).isEqualTo(PromotionRequest.State.APPROVED);
    assertThat(champion().version()).isEqualTo(1);
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 10))
        .extracting(AuditEntry::action, AuditEntry::changedBy)
        .containsExactly(tuple(Action.PROMOTE, "bob"), tuple(Action.ASK, "ann"));
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.requests().reject(MODEL, asked.id(), new Reason("cid", "late")),
        "APPROVED already");
  }

  @Test
  void shouldNotApproveWhatWasAskedBeforeTheAliasMoved() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    PromotionRequest asked = stores.requests().ask(MODEL, CHAMPION, 1, ann("older is better"));
    accept(candidate("job", 3));

    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.requests().approve(MODEL, asked.id(), new Reason("bob", "yes")),
        "names version 3 by now");
    assertThat(stores.requests().reject(MODEL, asked.id(), ann("outdated")).decidedBy())
        .isEqualTo("ann");
  }

  @Test
  void shouldSealTheLogAgainstChanges() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    accept(candidate("job", 3));
    AuditLog.Integrity sound = stores.log().verify(null);
    assertThat(sound.rows()).isEqualTo(3);
    assertThat(sound.brokenAt()).isNull();

    database.jdbi().useHandle(h -> h.execute("UPDATE audit SET reason = 'x' WHERE to_version = 2"));

    AuditEntry second =
        stores.log().page(MODEL, Long.MAX_VALUE, 10).stream()
            .filter(entry -> Long.valueOf(2).equals(entry.toVersion()))
            .findAny()
            .orElseThrow();
    assertThat(stores.log().verify(null).brokenAt()).isEqualTo(second.id());
  }

  @Test
  void shouldSayWhetherTheLogStillHasASealThatWasKeptElsewhere() {
    accept(candidate("job", 1));
    AuditEntry first = stores.log().page(MODEL, Long.MAX_VALUE, 1).get(0);
    String seal = stores.log().verify(null).lastHash();
    accept(candidate("job", 2));
    assertThat(stores.log().verify(seal).sealedAt()).isEqualTo(first.id());

    AuditEntry other =
        new AuditEntry(
            first.id(),
            first.changedAt(),
            "mallory",
            first.action(),
            first.model(),
            first.alias(),
            first.fromVersion(),
            first.toVersion(),
            first.reason(),
            "");
    database
        .jdbi()
        .useHandle(
            handle -> {
              handle.execute("DELETE FROM audit WHERE id > ?", first.id());
              handle.execute(
                  "UPDATE audit SET changed_by = 'mallory', hash = ?", other.hashAfter(""));
            });

    AuditLog.Integrity rewritten = stores.log().verify(seal);
    assertThat(rewritten.brokenAt()).as("the rows fit each other").isNull();
    assertThat(rewritten.sealedAt()).isNull();
  }

  @Test
  void shouldKeepTheOrderOfTheLogWhereTheClockGoesBack() {
    accept(candidate("job", 1));
    Instant before = clock.instant();
    clock.goBack(1_000);
    accept(candidate("job", 2));

    assertThat(stores.log().deciding(MODEL, CHAMPION, before).orElseThrow().toVersion())
        .isEqualTo(2);
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 10))
        .extracting(AuditEntry::toVersion)
        .containsExactly(2L, 1L);
    assertThat(stores.log().verify(null).brokenAt()).isNull();
  }

  @Test
  void shouldTakeAnAliasAwayAndSaySo() {
    accept(candidate("job", 1));
    stores.aliases().promote(MODEL, "canary", 1, null, ann("try"));
    stores.outbox().announced(Long.MAX_VALUE);

    stores.aliases().remove(MODEL, "canary", ann("tried"));

    assertThat(stores.outbox().first(10)).extracting(Announcement::version).containsOnlyNulls();
    assertThat(stores.log().deciding(MODEL, "canary", clock.instant()).orElseThrow().toVersion())
        .isNull();
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().remove(MODEL, CHAMPION, ann("x")),
        "the champion decides");
  }

  @Test
  void shouldLetOneInstanceBeActiveUntilItsTermIsOver() {
    Jdbi jdbi = database.jdbi();
    ActiveLock first = new ActiveLock(jdbi, "first", Duration.ofHours(1));
    ActiveLock second = new ActiveLock(jdbi, "second", Duration.ofHours(1));

    assertThat(first.hold()).isTrue();
    assertThat(second.hold()).isFalse();
    assertThat(first.hold()).as("renewed").isTrue();
    first.release();
    assertThat(second.hold()).isTrue();
    assertThat(new ActiveLock(jdbi, "second", Duration.ofSeconds(-1)).hold()).isTrue();
    assertThat(first.hold()).as("lapsed").isTrue();
  }
}
