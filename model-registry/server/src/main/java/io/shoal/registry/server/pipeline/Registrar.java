package io.shoal.registry.server.pipeline;

import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.gates.Gates;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.registry.server.store.Verdict;
import io.shoal.registry.server.store.Versions;
import io.shoal.schemas.avro.ModelVersion;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes candidates, whatever way they come: checks, gates, a number. */
public final class Registrar {
  private static final Logger log = LoggerFactory.getLogger(Registrar.class);

  private final Versions versions;
  private final Gates gates;
  private final Consumer<RegisteredVersion> observer;

  /** A registrar for this store. */
  public Registrar(Versions versions, Gates gates) {
    this(versions, gates, version -> {});
  }

  /**
   * A registrar for this store.
   *
   * @param observer is told of each version that is new
   */
  public Registrar(Versions versions, Gates gates, Consumer<RegisteredVersion> observer) {
    this.versions = versions;
    this.gates = gates;
    this.observer = observer;
  }

  /**
   * Numbers a candidate of the trainer's; one that was taken before keeps its number.
   *
   * @throws RegistryException when it cannot even be kept
   */
  public RegisteredVersion register(ModelVersion candidate) {
    return register(candidate, null);
  }

  /**
   * The same for one that somebody offers, which the log tells.
   *
   * @param offered who, and how; null for the trainer
   * @throws RegistryException when it cannot even be kept
   */
  public RegisteredVersion register(ModelVersion candidate, @Nullable Reason offered) {
    String misfit = Candidates.misfit(candidate);
    if (misfit != null) {
      throw new RegistryException(Code.INVALID_PARAMETER_VALUE, misfit);
    }
    Optional<RegisteredVersion> known = versions.known(candidate);
    if (known.isPresent()) {
      return known.get();
    }
    String problem = Candidates.problem(candidate);
    Verdict verdict =
        problem == null ? new Verdict(null, gates.judge(candidate)) : Verdict.unusable(problem);
    RegisteredVersion row =
        versions.accept(candidate, Candidates.toBytes(candidate), verdict, offered);
    observer.accept(row);
    if (problem != null) {
      log.warn("rejected {} version {}: {}", row.model(), row.version(), problem);
    }
    return row;
  }
}
