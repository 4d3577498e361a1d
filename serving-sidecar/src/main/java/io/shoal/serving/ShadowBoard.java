package io.shoal.serving;

import io.shoal.schemas.avro.ShadowScore;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the versions in the shadow would have decided otherwise, since this instance started.
 * Thread-safe and bounded.
 */
final class ShadowBoard {
  private static final int TALLIES_MAX = 100;
  private static final int FLIPS_KEPT = 100;

  private final ConcurrentHashMap<Pair, Tally> tallies = new ConcurrentHashMap<>();
  private final ArrayDeque<ShadowScore> flips = new ArrayDeque<>();

  /** A version in the shadow, and the one that decided. */
  record Pair(String alias, long version, long decided) {}

  /** What is counted of a pair. */
  static final class Tally {
    private final LongAdder scored = new LongAdder();
    private final LongAdder toReview = new LongAdder();
    private final LongAdder toPass = new LongAdder();
    private final DoubleAdder stakeToReview = new DoubleAdder();
    private final DoubleAdder stakeToPass = new DoubleAdder();
    private volatile long lastMs;
  }

  /**
   * A tally as it is now.
   *
   * @param wouldReview passed, but would be reviewed
   * @param wouldPass was reviewed, but would pass
   */
  record Counts(
      Pair pair,
      long scored,
      long wouldReview,
      long wouldPass,
      double amountWouldReview,
      double amountWouldPass) {}

  void add(ShadowScore score, long nowMs) {
    Pair pair = new Pair(score.getAlias(), score.getModelVersion(), score.getDecidedVersion());
    Tally tally = tallies.get(pair);
    if (tally == null) {
      forgetOldest();
      tally = tallies.computeIfAbsent(pair, p -> new Tally());
    }
    tally.scored.increment();
    tally.lastMs = nowMs;
    if (score.getFlips()) {
      double amount = score.getAmount() == null ? 0 : score.getAmount();
      (score.getReview() ? tally.toReview : tally.toPass).increment();
      (score.getReview() ? tally.stakeToReview : tally.stakeToPass).add(amount);
      keep(score);
    }
  }

  private void forgetOldest() {
    if (tallies.size() >= TALLIES_MAX) {
      tallies.entrySet().stream()
          .min(Comparator.comparingLong(entry -> entry.getValue().lastMs))
          .ifPresent(entry -> tallies.remove(entry.getKey()));
    }
  }

  private synchronized void keep(ShadowScore flip) {
    flips.addFirst(flip);
    if (flips.size() > FLIPS_KEPT) {
      flips.removeLast();
    }
  }

  /** The newest decisions that would flip, newest first. */
  synchronized List<ShadowScore> flips() {
    return List.copyOf(flips);
  }

  /** What was counted, newest version first. */
  List<Counts> counts() {
    return tallies.entrySet().stream()
        .map(
            entry -> {
              Tally t = entry.getValue();
              return new Counts(
                  entry.getKey(),
                  t.scored.sum(),
                  t.toReview.sum(),
                  t.toPass.sum(),
                  t.stakeToReview.sum(),
                  t.stakeToPass.sum());
            })
        .sorted(
            Comparator.comparingLong((Counts c) -> c.pair().version())
                .reversed()
                .thenComparing(c -> c.pair().alias())
                .thenComparing(c -> c.pair().decided()))
        .toList();
  }
}
