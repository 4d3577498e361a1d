package io.shoal.registry.server.store;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static io.shoal.registry.server.TestModels.damaged;
import static io.shoal.registry.server.store.Names.CHAMPION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.avro.ModelVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What versions hold to, on whatever database. */
abstract class VersionsContract extends OnDatabase {
  @Test
  void shouldNumberVersionsAndPromoteWhatPassed() {
    assertThat(accept(candidate("job", 1)).version()).isEqualTo(1);
    assertThat(accept(candidate("job", 2)).version()).isEqualTo(2);

    assertThat(stores.models().names("", 10)).containsExactly(MODEL);
    assertThat(stores.versions().page(MODEL, Long.MAX_VALUE, 10))
        .extracting(RegisteredVersion::version)
        .containsExactly(2L, 1L);
    assertThat(stores.versions().page(MODEL, 2, 10))
        .extracting(RegisteredVersion::version)
        .containsExactly(1L);
    assertThat(champion().version()).isEqualTo(2);
    assertThat(champion().pinned()).isFalse();
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 10))
        .extracting(AuditEntry::fromVersion, AuditEntry::toVersion, AuditEntry::changedBy)
        .containsExactly(tuple(1L, 2L, "policy:automatic"), tuple(null, 1L, "policy:automatic"));
    assertThat(stores.outbox().first(10)).extracting(Announcement::version).containsExactly(1L, 2L);
  }

  @Test
  void shouldTakeTheSameCandidateOnce() {
    RegisteredVersion first = accept(candidate("job", 1));
    accept(candidate("job", 2));

    assertThat(accept(candidate("job", 1))).isEqualTo(first);

    assertThat(stores.versions().page(MODEL, Long.MAX_VALUE, 10)).hasSize(2);
    assertThat(champion().version()).isEqualTo(2);
    assertThat(stores.outbox().first(10)).hasSize(2);
  }

  @Test
  void shouldKeepButNeverPromoteWhatWasRejected() {
    accept(candidate("job", 1));

    RegisteredVersion rejected = accept(damaged("job", 2));

    assertThat(rejected.state()).isEqualTo(State.REJECTED);
    assertThat(rejected.reason()).contains("checksum");
    assertThat(champion().version()).isEqualTo(1);
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().promote(MODEL, CHAMPION, 2, null, ann("try")),
        "was rejected");
  }

  @Test
  void shouldLogWhatPeopleDoToModelsVersionsAndTags() {
    stores.models().create(MODEL, "", ann("new"));
    ModelVersion candidate = candidate("job", 1);
    stores
        .versions()
        .accept(candidate, Candidates.toBytes(candidate), Verdict.unusable("no"), ann("offered"));
    stores.versions().describe(MODEL, 1, "seen", ann("described"));
    stores.models().setTag(MODEL, 1, "reviewed", "yes", ann("tag set"));
    stores.models().deleteTag(MODEL, 1, "reviewed", ann("tag deleted"));
    stores.models().deleteTag(MODEL, 1, "reviewed", ann("none there"));
    stores.models().setTag(MODEL, Models.ITSELF, "team", "fraud", ann("tag set"));
    stores.models().describe(MODEL, "cards", ann("described"));
    stores.models().delete(MODEL, ann("over"));

    assertThat(stores.log().after(0, 100))
        .filteredOn(entry -> entry.changedBy().equals("ann"))
        .extracting(AuditEntry::action, AuditEntry::toVersion, AuditEntry::reason)
        .containsExactly(
            tuple(Action.CREATE, null, "new"),
            tuple(Action.REGISTER, 1L, "offered"),
            tuple(Action.DESCRIBE, 1L, "described"),
            tuple(Action.TAG, 1L, "reviewed = yes (tag set)"),
            tuple(Action.TAG, 1L, "reviewed deleted (tag deleted)"),
            tuple(Action.TAG, null, "team = fraud (tag set)"),
            tuple(Action.DESCRIBE, null, "described"),
            tuple(Action.DELETE, null, "over"));
    assertThat(stores.log().about(MODEL, 1, 100))
        .extracting(AuditEntry::action)
        .containsExactly(Action.REGISTER, Action.REFUSE, Action.DESCRIBE, Action.TAG, Action.TAG);
  }

  @Test
  void shouldCutAReasonThatNoRowHolds() {
    ModelVersion candidate = candidate("job", 1);
    RegisteredVersion row =
        stores
            .versions()
            .accept(
                candidate,
                Candidates.toBytes(candidate),
                Verdict.unusable("x".repeat(5_000)),
                null);

    assertThat(row.reason()).hasSize(Names.REASON_MAX);
  }

  @Test
  void shouldPruneOldArtifactsButNoneUnderAnAliasOrStillToBeAnnounced() {
    accept(candidate("job", 1));
    stores.aliases().promote(MODEL, "challenger", 1, null, ann("shadow"));
    stores.outbox().announced(Long.MAX_VALUE);
    accept(candidate("job", 2));
    stores.outbox().announced(Long.MAX_VALUE);
    accept(candidate("job", 3));
    for (int i = 4; i <= 100; i++) {
      ModelVersion candidate = candidate("job", i);
      stores
          .versions()
          .accept(candidate, Candidates.toBytes(candidate), Verdict.unusable("no"), null);
    }

    List<Long> pruned =
        stores.versions().page(MODEL, Long.MAX_VALUE, 200).stream()
            .filter(RegisteredVersion::pruned)
            .map(RegisteredVersion::version)
            .sorted()
            .toList();
    // 1 is the challenger, 3 the champion, 2 where a rollback of it goes.
    assertThat(pruned).startsWith(4L, 5L).endsWith(100L - RETENTION).hasSize(100 - RETENTION - 3);
    assertThat(stores.versions().artifact(MODEL, 4)).isEmpty();
    assertThat(stores.versions().artifact(MODEL, 1)).isPresent();
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().promote(MODEL, CHAMPION, 4, null, ann("x")),
        "rejected");
  }

  @Test
  void shouldForgetOnlyWhatWasAnnounced() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    Announcement first = stores.outbox().first(1).get(0);

    stores.outbox().announced(first.id());

    assertThat(stores.outbox().first(10)).extracting(Announcement::version).containsExactly(2L);
  }

  @Test
  void shouldKeepEverythingWhenReopened() {
    accept(candidate("job", 1));
    accept(damaged("job", 2));
    byte[] artifact = stores.versions().artifact(MODEL, 1).orElseThrow();
    List<RegisteredVersion> versions = stores.versions().page(MODEL, Long.MAX_VALUE, 10);
    List<AuditEntry> audit = stores.log().page(MODEL, Long.MAX_VALUE, 10);

    close();
    open(Policy.AUTOMATIC);

    assertThat(stores.versions().page(MODEL, Long.MAX_VALUE, 10)).isEqualTo(versions);
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 10)).isEqualTo(audit);
    assertThat(stores.versions().artifact(MODEL, 1).orElseThrow()).isEqualTo(artifact);
    assertThat(Candidates.fromBytes(artifact)).isEqualTo(candidate("job", 1));
    assertThat(accept(candidate("job", 3)).version()).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatDoesNotExist() {
    assertRefused(
        Code.RESOURCE_DOES_NOT_EXIST, () -> stores.versions().get(MODEL, 7), "no version 7");
    assertRefused(
        Code.RESOURCE_DOES_NOT_EXIST,
        () -> stores.aliases().promote(MODEL, CHAMPION, 7, null, ann("x")),
        "no version 7");
    assertRefused(
        Code.RESOURCE_DOES_NOT_EXIST,
        () -> stores.aliases().unpin(MODEL, "canary", ann("x")),
        "canary");
  }

  @Test
  void shouldRefuseAnotherCandidateOfTheSameJobAndSequence() {
    accept(candidate("job", 1));
    ModelVersion other = candidate("job", 2);
    other.setSequence(1);

    assertRefused(Code.RESOURCE_CONFLICT, () -> accept(other), "a job id of its own");
  }

  @Test
  void shouldKeepTheRowOfADeletedVersion() {
    accept(candidate("job", 1));
    accept(candidate("job", 2));
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.versions().delete(MODEL, 2, ann("x")),
        "named by champion");

    stores.versions().delete(MODEL, 1, ann("wrong data"));

    assertThat(stores.versions().get(MODEL, 1).state()).isEqualTo(State.DELETED);
    assertThat(stores.versions().artifact(MODEL, 1)).isEmpty();
    assertRefused(
        Code.RESOURCE_CONFLICT,
        () -> stores.aliases().rollback(MODEL, CHAMPION, ann("back")),
        "was deleted");
  }
}
