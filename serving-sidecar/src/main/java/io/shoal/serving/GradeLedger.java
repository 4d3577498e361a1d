package io.shoal.serving;

import io.shoal.kmeans.evaluation.RankingHistogram;
import io.shoal.schemas.avro.LedgerEntry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each version scored and what became of it, by the day of the event: the rows of which
 * {@link Grades} makes figures. They lie in a state store, so that a count is as exact as the
 * predictions are, whatever fails.
 *
 * <p>A key is version (long), day since 1970 (int), ranking, outcome (byte each) and bin of the
 * score (short), big-endian; the value is the count (long).
 */
final class GradeLedger {
  /** By what versions rank: the score or the risk. */
  enum Ranking {
    SCORE(0),
    RISK(1);

    private final byte code;

    Ranking(int code) {
      this.code = (byte) code;
    }

    private static Ranking of(byte code) {
      return code == SCORE.code ? SCORE : RISK;
    }
  }

  /** What is known of a transaction. */
  enum Outcome {
    UNLABELLED(0),
    LEGITIMATE(1),
    FRAUD(2);

    private final byte code;

    Outcome(int code) {
      this.code = (byte) code;
    }

    private static Outcome of(byte code) {
      if (code == FRAUD.code) {
        return FRAUD;
      }
      return code == LEGITIMATE.code ? LEGITIMATE : UNLABELLED;
    }
  }

  static final int KEY_BYTES = Long.BYTES + Integer.BYTES + 2 * Byte.BYTES + Short.BYTES;

  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** Versions of which counts are kept: the newest. */
  static final int VERSIONS_MAX = 200;

  private final KeyValueStore<Bytes, byte[]> store;
  private final long retentionDays;
  private long sweptDay = Long.MIN_VALUE;

  /** A key, read. */
  record Row(long version, int day, Ranking ranking, Outcome outcome, int bin) {
    static Row of(ByteBuffer key) {
      return new Row(
          key.getLong(),
          key.getInt(),
          Ranking.of(key.get()),
          Outcome.of(key.get()),
          key.getShort());
    }

    byte[] toBytes() {
      return ByteBuffer.allocate(KEY_BYTES)
          .putLong(version)
          .putInt(day)
          .put(ranking.code)
          .put(outcome.code)
          .putShort((short) bin)
          .array();
    }
  }

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
    add(entry, atMs, Outcome.UNLABELLED, 1);
  }

  /** What it was has become known. */
  void labelled(LedgerEntry entry, long atMs, boolean fraud) {
    add(entry, atMs, Outcome.UNLABELLED, -1);
    add(entry, atMs, fraud ? Outcome.FRAUD : Outcome.LEGITIMATE, 1);
  }

  private void add(LedgerEntry entry, long atMs, Outcome outcome, long count) {
    Long version = entry.getModelVersion();
    if (version == null) {
      return; // nobody scored it
    }
    int day = (int) Math.floorDiv(atMs, DAY_MS);
    add(version, day, Ranking.SCORE, outcome, entry.getScore(), count);
    add(version, day, Ranking.RISK, outcome, entry.getRisk(), count);
  }

  private void add(
      long version, int day, Ranking ranking, Outcome outcome, @Nullable Double score, long count) {
    if (score == null) {
      return;
    }
    Row row = new Row(version, day, ranking, outcome, RankingHistogram.bin(score));
    Bytes key = Bytes.wrap(row.toBytes());
    byte[] before = store.get(key);
    if (before == null && count < 0) {
      return; // forgotten since: nothing is left to take it from
    }
    long now = count + (before == null ? 0 : count(before));
    store.put(key, now == 0 ? null : ByteBuffer.allocate(Long.BYTES).putLong(now).array());
  }

  static long count(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  /** Forgets, once a day of the stream, what is too old and versions that many have followed. */
  void sweep(long nowMs) {
    long today = Math.floorDiv(nowMs, DAY_MS);
    if (today == sweptDay) {
      return;
    }
    sweptDay = today;
    NavigableSet<Long> newest = new TreeSet<>();
    try (KeyValueIterator<Bytes, byte[]> rows = store.all()) {
      while (rows.hasNext()) {
        newest.add(Row.of(ByteBuffer.wrap(rows.next().key.get())).version());
        if (newest.size() > VERSIONS_MAX) {
          newest.pollFirst();
        }
      }
    }
    try (KeyValueIterator<Bytes, byte[]> rows = store.all()) {
      while (rows.hasNext()) {
        KeyValue<Bytes, byte[]> entry = rows.next();
        Row row = Row.of(ByteBuffer.wrap(entry.key.get()));
        if (row.day() < today - retentionDays || row.version() < newest.first()) {
          store.delete(entry.key);
        }
      }
    }
  }
}
