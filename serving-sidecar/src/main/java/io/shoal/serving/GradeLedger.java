package io.shoal.serving;

import io.shoal.serving.GradeRow.Outcome;
import io.shoal.serving.GradeRow.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was scored on each day and what became of it, by the version that decided and of all
 * versions together: the {@linkplain GradeRow rows} of which {@link Grades} makes figures. They lie
 * in a state store, so that a count is as exact as the predictions are, whatever fails.
 *
 * <p>A day is kept as long as the ledger keeps its transactions. A transaction adds at most four
 * cells to each of two rows, and one without a version none: the rows are always smaller than the
 * ledger.
 */
final class GradeLedger {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** Rows that are forgotten at one go: a day may have a version for each of its seconds. */
  private static final int SWEEP_MAX = 1_000;

  /** Cells of a row that change at one go. */
  private static final int CHANGES_MAX = 64;

  private final KeyValueStore<Bytes, byte[]> store;
  private final long retentionDays;
  private final short[] cells = new short[CHANGES_MAX];
  private final int[] by = new int[CHANGES_MAX];
  private int changes;
  private int changedDay;
  private long changedVersion;

  GradeLedger(KeyValueStore<Bytes, byte[]> store, Duration retention) {
    this.store = store;
    this.retentionDays = retention.toDays();
  }

  /**
   * A transaction was scored; nothing is known of it yet. Counts with the next {@link #write},
   * which the caller owes before its record is done: most in a pack belong to one row.
   *
   * @param version of the model, or {@link ScoredEntry#UNSCORED}
   * @param risk NaN where there is none
   * @param atMs its event time as far as it is believed: one that is years ahead must not make the
   *     labels of all others overdue
   */
  void scored(long version, double score, double risk, long atMs) {
    if (version == ScoredEntry.UNSCORED) {
      return;
    }
    int day = day(atMs);
    if (day != changedDay || version != changedVersion || changes + 2 > CHANGES_MAX) {
      write();
    }
    changedDay = day;
    changedVersion = version;
    change(Ranking.SCORE, score, null, Outcome.UNLABELLED);
    change(Ranking.RISK, risk, null, Outcome.UNLABELLED);
  }

  /** What it was has become known. */
  void labelled(long version, double score, double risk, long atMs, boolean fraud) {
    write();
    if (version == ScoredEntry.UNSCORED || store.get(GradeRow.key(day(atMs), version)) == null) {
      return; // nobody scored it, or it was forgotten since: nothing is left to take it from
    }
    changedDay = day(atMs);
    changedVersion = version;
    Outcome to = fraud ? Outcome.FRAUD : Outcome.LEGITIMATE;
    change(Ranking.SCORE, score, Outcome.UNLABELLED, to);
    change(Ranking.RISK, risk, Outcome.UNLABELLED, to);
    write();
  }

  /** Writes what has been counted. */
  void write() {
    if (changes > 0) {
      add(GradeRow.key(changedDay, changedVersion));
      add(GradeRow.key(changedDay, GradeRow.ALL));
      changes = 0;
    }
  }

  private void add(Bytes key) {
    store.put(key, GradeRow.changed(store.get(key), cells, by, changes));
  }

  private static int day(long timeMs) {
    return (int) Math.floorDiv(timeMs, DAY_MS);
  }

  private void change(Ranking ranking, double score, @Nullable Outcome from, Outcome to) {
    if (Double.isNaN(score)) {
      return;
    }
    if (from != null) {
      change(GradeRow.cell(ranking, from, score), -1);
    }
    change(GradeRow.cell(ranking, to, score), 1);
  }

  private void change(short cell, int more) {
    for (int i = 0; i < changes; i++) {
      if (cells[i] == cell) {
        by[i] += more;
        return;
      }
    }
    cells[changes] = cell;
    by[changes++] = more;
  }

  /** Forgets some of the days that are too old. */
  void sweep(long nowMs) {
    int oldest = (int) (day(nowMs) - retentionDays);
    List<Bytes> old = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> rows =
        store.range(null, GradeRow.key(oldest - 1, Long.MAX_VALUE))) {
      while (rows.hasNext() && old.size() < SWEEP_MAX) {
        old.add(rows.next().key);
      }
    }
    old.forEach(store::delete);
  }
}
