package io.shoal.registry.server.store;

import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.GateResult.Outcome;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the registry thinks of a candidate.
 *
 * @param problem why it must not be used at all, or null
 * @param gates what each said; none for one that must not be used
 */
public record Verdict(@Nullable String problem, List<GateResult> gates) {
  /** It may be used, and there was nothing to compare it with. */
  public static final Verdict GOOD = new Verdict(null, List.of());

  /** Copies the list. */
  public Verdict {
    gates = List.copyOf(gates);
  }

  /** It must not be used. */
  public static Verdict unusable(String problem) {
    return new Verdict(problem, List.of());
  }

  /** Why it should not become champion by itself, or null when it may. */
  @Nullable String refusal() {
    if (problem != null) {
      return problem;
    }
    String failed =
        gates.stream()
            .filter(gate -> gate.outcome() == Outcome.FAILED)
            .map(gate -> gate.gate() + ": " + gate.detail())
            .collect(Collectors.joining("; "));
    return failed.isEmpty() ? null : failed;
  }
}
