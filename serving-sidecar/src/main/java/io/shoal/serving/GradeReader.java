package io.shoal.serving;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Reads the rows of one partition's {@link GradeLedger}, however many versions decided. */
final class GradeReader {
  /** Days are kept for as long as the ledger keeps transactions. */
  private static final int DAYS_MAX = 10_000;

  private final ReadOnlyKeyValueStore<Bytes, byte[]> store;

  GradeReader(ReadOnlyKeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  /** Days that have rows, the newest first: one look-up for each. */
  private List<Integer> days() {
    List<Integer> days = new ArrayList<>();
    Bytes to = GradeRow.key(Integer.MAX_VALUE, Long.MAX_VALUE);
    while (days.size() < DAYS_MAX) {
      try (KeyValueIterator<Bytes, byte[]> rows = store.reverseRange(null, to)) {
        if (!rows.hasNext()) {
          return days;
        }
        Bytes key = rows.next().key;
        if (!GradeRow.isKey(key)) {
          return days;
        }
        days.add(GradeRow.day(key));
        to = GradeRow.key(GradeRow.day(key) - 1, Long.MAX_VALUE);
      }
    }
    return days;
  }

  /** Adds what was counted on each day. */
  void addDays(Grades grades) {
    for (int day : days()) {
      byte[] row = store.get(GradeRow.key(day, GradeRow.ALL));
      if (row != null) {
        grades.addDay(day, row);
      }
    }
  }

  /**
   * Adds what was counted of the newest versions.
   *
   * @param lastDay later days are left out
   * @param before versions from this one on are left out
   * @param versions how many there may be
   */
  void addVersions(Grades grades, int lastDay, long before, int versions) {
    // Each day's versions are in order: the newest of all is the newest of those that stand next.
    PriorityQueue<Cursor> next =
        new PriorityQueue<>(Comparator.comparingLong((Cursor c) -> c.version).reversed());
    List<Cursor> open = new ArrayList<>();
    try {
      for (int day : days()) {
        if (day <= lastDay) {
          Cursor cursor = new Cursor(day, before);
          open.add(cursor);
          if (cursor.advance()) {
            next.add(cursor);
          }
        }
      }
      int taken = 0;
      long current = GradeRow.ALL;
      while (!next.isEmpty()) {
        Cursor cursor = next.remove();
        if (cursor.version != current) {
          if (taken++ == versions) {
            return;
          }
          current = cursor.version;
        }
        grades.addVersion(cursor.version, cursor.day, cursor.row);
        if (cursor.advance()) {
          next.add(cursor);
        }
      }
    } finally {
      open.forEach(Cursor::close);
    }
  }

  /** The versions of one day, the newest first. */
  private final class Cursor {
    private final int day;
    private final KeyValueIterator<Bytes, byte[]> rows;
    private long version;
    private byte[] row = {};

    Cursor(int day, long before) {
      this.day = day;
      this.rows =
          store.reverseRange(
              GradeRow.key(day, GradeRow.ALL + 1), GradeRow.key(day, Math.max(before - 1, 0)));
    }

    boolean advance() {
      if (!rows.hasNext()) {
        return false;
      }
      KeyValue<Bytes, byte[]> entry = rows.next();
      version = GradeRow.version(entry.key);
      row = entry.value;
      return true;
    }

    void close() {
      rows.close();
    }
  }
}
