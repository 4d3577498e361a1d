package io.shoal.serving;

import io.shoal.schemas.avro.LedgerEntry;
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

  /** Changes of a row at one go: two cells of each ranking. */
  private static final int CHANGES_MAX = 4;

  private final KeyValueStore<Bytes, byte[]> store;
  private final long retentionDays;
  private final short[] cells = new short[CHANGES_MAX];
  private final int[] by = new int[CHANGES_MAX];
  private int changes;

  GradeLedger(KeyValueStore<Bytes, byte[]> store, Duration retention) {
    this.store = store;
    this.retentionDays = retention.toDays();
  }

  /**
   * A transaction was scored; nothing is known of it yet.
   *
   * @param atMs its event time as far as it is believed: one that is years ahead must not make the
   *     labels of all others overdue
   */
  void scored(LedgerEntry entry, long atMs) {
    count(entry, atMs, null, Outcome.UNLABELLED);
  }

  /** What it was has become known. */
  void labelled(LedgerEntry entry, long atMs, boolean fraud) {
    count(entry, atMs, Outcome.UNLABELLED, fraud ? Outcome.FRAUD : Outcome.LEGITIMATE);
  }

  private void count(LedgerEntry entry, long atMs, @Nullable Outcome from, Outcome to) {
    Long version = entry.getModelVersion();
    if (version == null) {
      return; // nobody scored it
    }
    int day = (int) Math.floorDiv(atMs, DAY_MS);
    Bytes key = GradeRow.key(day, version);
    byte[] row = store.get(key);
    if (row == null && from != null) {
      return; // forgotten since: nothing is left to take it from
    }
    changes = 0;
    change(Ranking.SCORE, entry.getScore(), from, to);
    change(Ranking.RISK, entry.getRisk(), from, to);
    store.put(key, GradeRow.changed(row, cells, by, changes));
    Bytes all = GradeRow.key(day, GradeRow.ALL);
    store.put(all, GradeRow.changed(store.get(all), cells, by, changes));
  }

  private void change(Ranking ranking, @Nullable Double score, @Nullable Outcome from, Outcome to) {
    if (score == null) {
      return;
    }
    if (from != null) {
      cells[changes] = GradeRow.cell(ranking, from, score);
      by[changes++] = -1;
    }
    cells[changes] = GradeRow.cell(ranking, to, score);
    by[changes++] = 1;
  }

  /** Forgets some of the days that are too old. */
  void sweep(long nowMs) {
    int oldest = (int) (Math.floorDiv(nowMs, DAY_MS) - retentionDays);
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
