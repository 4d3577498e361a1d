package io.shoal.serving;

import io.shoal.kmeans.evaluation.RankingHistogram;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger has counted of one version on one day, as it is stored.
 *
 * <p>A key is the day since 1970 (int, the sign flipped, so that keys are in the order of days) and
 * the version (long), big-endian. A value is a list of cells that were ever counted, in their
 * order: cell (short) and count (int). A cell is a ranking, an outcome and a bin of the score. So a
 * row has at most 2 * 3 * {@value RankingHistogram#BINS} cells of {@value #CELL_BYTES} bytes, and
 * mostly a hundred.
 */
final class GradeRow {
  /** By what versions rank: the score or the risk. */
  enum Ranking {
    SCORE(0),
    RISK(1);

    private final int code;

    Ranking(int code) {
      this.code = code;
    }
  }

  /** What is known of a transaction. */
  enum Outcome {
    UNLABELLED(0),
    LEGITIMATE(1),
    FRAUD(2);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }
  }

  /** Stands in place of the version for all that decided on a day; versions begin at 1. */
  static final long ALL = 0;

  private static final Ranking[] RANKINGS = {Ranking.SCORE, Ranking.RISK};
  private static final Outcome[] OUTCOMES = {Outcome.UNLABELLED, Outcome.LEGITIMATE, Outcome.FRAUD};
  private static final int KEY_BYTES = Integer.BYTES + Long.BYTES;
  private static final int CELL_BYTES = Short.BYTES + Integer.BYTES;

  private GradeRow() {}

  /** Takes a cell with its count. */
  @FunctionalInterface
  interface Cells {
    void take(Ranking ranking, Outcome outcome, int bin, int count);
  }

  static Bytes key(int day, long version) {
    return Bytes.wrap(
        ByteBuffer.allocate(KEY_BYTES).putInt(day ^ Integer.MIN_VALUE).putLong(version).array());
  }

  /** Whether it is a key of this form: rows of an earlier one are forgotten, not read. */
  static boolean isKey(Bytes key) {
    return key.get().length == KEY_BYTES;
  }

  static int day(Bytes key) {
    return ByteBuffer.wrap(key.get()).getInt() ^ Integer.MIN_VALUE;
  }

  static long version(Bytes key) {
    return ByteBuffer.wrap(key.get()).getLong(Integer.BYTES);
  }

  static short cell(Ranking ranking, Outcome outcome, double score) {
    int column = ranking.code * OUTCOMES.length + outcome.code;
    return (short) (column * RankingHistogram.BINS + RankingHistogram.bin(score));
  }

  /**
   * A row with other counts in some cells.
   *
   * @param row the row before, which stays as it is; null for an empty one
   * @param cells distinct, {@code [changes]}
   * @param by what to add to each, {@code [changes]}
   */
  static byte[] changed(byte @Nullable [] row, short[] cells, int[] by, int changes) {
    int length = row == null ? 0 : row.length;
    int missing = 0;
    for (int i = 0; i < changes; i++) {
      missing += row == null || find(row, length, cells[i]) < 0 ? 1 : 0;
    }
    byte[] to = new byte[length + missing * CELL_BYTES];
    if (row != null) {
      System.arraycopy(row, 0, to, 0, length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(to);
    for (int i = 0; i < changes; i++) {
      int at = find(to, length, cells[i]);
      if (at < 0) {
        at = -at - 1;
        System.arraycopy(to, at, to, at + CELL_BYTES, length - at);
        length += CELL_BYTES;
        buffer.putShort(at, cells[i]).putInt(at + Short.BYTES, 0);
      }
      buffer.putInt(at + Short.BYTES, Math.addExact(buffer.getInt(at + Short.BYTES), by[i]));
    }
    return to;
  }

  /** Where a cell stands in the first {@code length} bytes, or {@code -1 -} where it would. */
  private static int find(byte[] row, int length, short cell) {
    int low = 0;
    int high = length / CELL_BYTES - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle * CELL_BYTES;
      int found = (row[at] << 8) | (row[at + 1] & 0xff);
      if (found == cell) {
        return at;
      }
      if (found < cell) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1 - low * CELL_BYTES;
  }

  /** Tells all cells of a row. */
  static void forEach(byte[] row, Cells cells) {
    ByteBuffer buffer = ByteBuffer.wrap(row);
    while (buffer.remaining() >= CELL_BYTES) {
      int cell = buffer.getShort();
      int column = cell / RankingHistogram.BINS;
      cells.take(
          RANKINGS[column / OUTCOMES.length],
          OUTCOMES[column % OUTCOMES.length],
          cell % RankingHistogram.BINS,
          buffer.getInt());
    }
  }
}
