package io.shoal.registry.server.store;

import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Versions of models: numbered once, kept, and in time pruned. */
public final class Versions {
  static final String POLICY_ACTOR = "policy:automatic";
  private static final int PRUNE_EVERY = 50;

  /** Where an alias stood in its newest moves is where a rollback may go. */
  private static final int ROLLBACKS_KEPT = 100;

  private final Transactions transactions;
  private final AuditLog log;
  private final Aliases aliases;
  private final Artifacts artifacts;
  private final Policy policy;
  private final int retention;

  /**
   * The versions in this database.
   *
   * @param policy who moves the champion
   * @param retention newest versions per model whose artifacts are kept
   */
  Versions(
      Jdbi jdbi, AuditLog log, Aliases aliases, Artifacts artifacts, Policy policy, int retention) {
    this.transactions = new Transactions(jdbi);
    this.log = log;
    this.aliases = aliases;
    this.artifacts = artifacts;
    this.policy = policy;
    this.retention = retention;
  }

  /**
   * Numbers a candidate and, where policy and gates say so, makes it champion. Taking the same
   * candidate again changes nothing.
   *
   * @param offered who offered it, and how; null for the trainer
   * @return the row, new or from before
   * @throws RegistryException when another candidate came with the same job and sequence
   */
  public RegisteredVersion accept(
      ModelVersion candidate, byte[] artifact, Verdict verdict, @Nullable Reason offered) {
    Artifacts.Stored stored = artifacts.keep(candidate.getModelName(), artifact);
    return transactions.write(
        handle -> {
          Optional<RegisteredVersion> before = find(handle, candidate);
          if (before.isPresent()) {
            return before.get();
          }
          RegisteredVersion row = insert(handle, candidate, stored, verdict);
          if (offered != null) {
            log.append(handle, registered(row, offered));
          }
          String refusal = verdict.refusal();
          Optional<ModelAlias> champion = Aliases.find(handle, row.model(), Names.CHAMPION);
          if (refusal != null) {
            log.append(handle, refused(row, champion, refusal));
          } else if (policy == Policy.AUTOMATIC
              && !champion.map(ModelAlias::pinned).orElse(false)) {
            aliases.move(handle, champion, promotion(row));
          }
          if (row.version() % PRUNE_EVERY == 0) {
            prune(handle, row.model(), row.version() - retention, row.registeredAt());
          }
          return row;
        });
  }

  /**
   * Several questions on one connection. What asks the object store stays outside, so that a slow
   * one holds none.
   */
  public <T> T together(Supplier<T> questions) {
    return transactions.read(handle -> questions.get());
  }

  /** The version that a candidate became already. */
  public Optional<RegisteredVersion> known(ModelVersion candidate) {
    return transactions.read(handle -> find(handle, candidate));
  }

  /**
   * Numbers a version whose artifact lies outside the registry.
   *
   * @throws RegistryException when there is no such model
   */
  public RegisteredVersion refer(
      String model, String job, String source, String description, Reason reason) {
    return transactions.write(
        handle -> {
          Models.require(handle, model);
          Instant now = log.now();
          long number = nextNumber(handle, model, now);
          RegisteredVersion row =
              new RegisteredVersion(
                  model,
                  number,
                  job,
                  number,
                  State.READY,
                  null,
                  "",
                  "",
                  now,
                  now,
                  now,
                  now,
                  false,
                  description,
                  source);
          handle.attach(VersionDao.class).insert(row);
          log.append(handle, registered(row, reason));
          return row;
        });
  }

  /** Versions below a number, newest first; none for a model that is not there. */
  public List<RegisteredVersion> page(String model, long before, int limit) {
    return transactions.read(h -> Queries.versions(h, model, before, limit));
  }

  /**
   * One version.
   *
   * @throws RegistryException when it does not exist
   */
  public RegisteredVersion get(String model, long version) {
    return transactions.read(handle -> require(handle, model, version));
  }

  /**
   * The Avro body of a version; empty when it is gone or never was here.
   *
   * @throws DamagedArtifactException when the object store has lost or changed it
   */
  public Optional<byte[]> artifact(String model, long version) {
    return artifact(get(model, version));
  }

  /** The Avro body of a version that was just read; see {@link #artifact(String, long)}. */
  public Optional<byte[]> artifact(RegisteredVersion row) {
    return artifacts.read(row.model(), row.version());
  }

  /** What the gates said of a version. */
  public List<GateResult> gates(String model, long version) {
    return transactions.read(h -> Queries.gates(h, model, version));
  }

  /** Describes a version. */
  public RegisteredVersion describe(String model, long version, String description, Reason reason) {
    return transactions.write(
        handle -> {
          requireNotDeleted(handle, model, version);
          handle.attach(VersionDao.class).describe(model, version, description, log.now());
          log.append(handle, AuditLog.Change.of(Action.DESCRIBE, model, version, reason));
          return require(handle, model, version);
        });
  }

  /**
   * Deletes a version: its row and its gates stay, its artifact goes.
   *
   * @throws RegistryException while an alias names it
   */
  public void delete(String model, long version, Reason reason) {
    transactions.write(
        handle -> {
          requireNotDeleted(handle, model, version);
          String holders =
              String.join(
                  ", ",
                  Queries.aliases(handle, model).stream()
                      .filter(alias -> alias.version() == version)
                      .map(ModelAlias::alias)
                      .toList());
          if (!holders.isEmpty()) {
            throw new RegistryException(
                Code.RESOURCE_CONFLICT,
                "version " + version + " is named by " + holders + "; move the alias first");
          }
          return delete(handle, model, version, reason);
        });
  }

  /** Deletes a version that no alias names; needs the lock of {@link Transactions#write}. */
  private Instant delete(Handle handle, String model, long version, Reason reason) {
    VersionDao dao = handle.attach(VersionDao.class);
    Instant now = log.now();
    Artifacts.delete(handle, model, version, now);
    dao.delete(model, version, now);
    log.append(
        handle,
        new AuditLog.Change(Action.DELETE, model, "", version, null, reason.by(), reason.why()));
    return now;
  }

  static RegisteredVersion require(Handle handle, String model, long version) {
    return Queries.version(handle, model, version)
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST,
                    "model '" + model + "' has no version " + version));
  }

  static void requireNotDeleted(Handle handle, String model, long version) {
    if (require(handle, model, version).state() == State.DELETED) {
      throw new RegistryException(
          Code.RESOURCE_DOES_NOT_EXIST,
          "version " + version + " of model '" + model + "' was deleted");
    }
  }

  private static Optional<RegisteredVersion> find(Handle handle, ModelVersion candidate) {
    Optional<RegisteredVersion> known =
        handle
            .attach(VersionDao.class)
            .findCandidate(candidate.getModelName(), candidate.getJobId(), candidate.getSequence());
    known.ifPresent(row -> requireSame(row, candidate));
    return known;
  }

  private static void requireSame(RegisteredVersion row, ModelVersion candidate) {
    if (!row.checksum().equals(candidate.getChecksum())) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT,
          "job "
              + row.jobId()
              + " sequence "
              + row.sequence()
              + " is version "
              + row.version()
              + " with the checksum "
              + row.checksum()
              + ", not "
              + candidate.getChecksum()
              + "; give each run a job id of its own");
    }
  }

  private RegisteredVersion insert(
      Handle handle, ModelVersion candidate, Artifacts.Stored stored, Verdict verdict) {
    String model = candidate.getModelName();
    Instant now = log.now();
    Models.requireOrCreate(handle, model, now);
    long number = nextNumber(handle, model, now);
    String problem = verdict.problem();
    RegisteredVersion row =
        new RegisteredVersion(
            model,
            number,
            candidate.getJobId(),
            candidate.getSequence(),
            problem == null ? State.READY : State.REJECTED,
            problem == null ? null : AuditLog.shortened(problem),
            candidate.getChecksum(),
            candidate.getFingerprint(),
            candidate.getCreatedAt().truncatedTo(ChronoUnit.MICROS),
            candidate.getEventTime().truncatedTo(ChronoUnit.MICROS),
            now,
            now,
            false,
            "",
            null);
    VersionDao dao = handle.attach(VersionDao.class);
    dao.insert(row);
    Artifacts.insert(handle, model, number, stored, now);
    dao.insertGates(model, number, verdict.gates());
    return row;
  }

  private static long nextNumber(Handle handle, String model, Instant now) {
    ModelDao dao = handle.attach(ModelDao.class);
    long number = Queries.model(handle, model).map(ModelRow::lastVersion).orElse(0L) + 1;
    dao.numbered(model, number, now);
    return number;
  }

  private static Aliases.Move promotion(RegisteredVersion row) {
    return new Aliases.Move(
        Action.PROMOTE,
        row.model(),
        Names.CHAMPION,
        row.version(),
        false,
        new Reason(POLICY_ACTOR, "passed the checks"));
  }

  private static AuditLog.Change registered(RegisteredVersion row, Reason reason) {
    return AuditLog.Change.of(Action.REGISTER, row.model(), row.version(), reason);
  }

  private static AuditLog.Change refused(
      RegisteredVersion row, Optional<ModelAlias> champion, String refusal) {
    @Nullable Long from = champion.map(ModelAlias::version).orElse(null);
    return new AuditLog.Change(
        Action.REFUSE, row.model(), Names.CHAMPION, from, row.version(), "policy:gates", refusal);
  }

  private static void prune(Handle handle, String model, long upTo, Instant now) {
    VersionDao dao = handle.attach(VersionDao.class);
    for (long version : dao.prunable(model, upTo, ROLLBACKS_KEPT)) {
      Artifacts.delete(handle, model, version, now);
      dao.markPruned(model, version);
    }
  }
}
