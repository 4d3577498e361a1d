package io.shoal.serving;

import io.shoal.kmeans.evaluation.RankingHistogram;
import io.shoal.kmeans.evaluation.RankingHistogram.Quality;
import io.shoal.serving.GradeRow.Outcome;
import io.shoal.serving.GradeRow.Ranking;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How good what decided was, day by day and version by version, from the rows of the label ledgers
 * of all instances. A transaction counts once its day is as old as labels take to come in; what has
 * none by then was legitimate.
 */
final class Grades {
  private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  private final NavigableMap<Integer, Tally> days = new TreeMap<>(Collections.reverseOrder());
  private final NavigableMap<Long, Tally> versions = new TreeMap<>(Collections.reverseOrder());

  /** What was read, to be sent to another instance as it is. */
  private final List<Sent> rows = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  private record Sent(int day, long version, byte[] row) {}

  /**
   * A grade.
   *
   * @param firstDay the first day of what it is over, since 1970
   * @param labelled transactions that counted and have a label
   */
  record Grade(int firstDay, int lastDay, Ranking ranking, long labelled, Quality quality) {
    /** Transactions that counted. */
    long scored() {
      return quality.frauds() + quality.others();
    }
  }

  /** The grade of a version while it decided. */
  record OfVersion(long version, Grade grade) {}

  /** Adds what was counted on a day. */
  void addDay(int day, byte[] row) {
    days.computeIfAbsent(day, d -> new Tally()).add(day, row);
    rows.add(new Sent(day, GradeRow.ALL, row));
  }

  /** Adds what was counted of a version on a day. */
  void addVersion(long version, int day, byte[] row) {
    versions.computeIfAbsent(version, v -> new Tally()).add(day, row);
    rows.add(new Sent(day, version, row));
  }

  /** Adds what another instance sent. */
  void add(byte[] sent) {
    ByteBuffer buffer = ByteBuffer.wrap(sent);
    while (buffer.remaining() >= HEAD_BYTES) {
      int day = buffer.getInt();
      long version = buffer.getLong();
      int length = buffer.getInt();
      if (length < 0 || length > buffer.remaining()) {
        throw new IllegalArgumentException("a row of " + length + " bytes does not fit");
      }
      byte[] row = new byte[length];
      buffer.get(row);
      if (version == GradeRow.ALL) {
        addDay(day, row);
      } else {
        addVersion(version, day, row);
      }
    }
  }

  /** All that was added, as it is sent to another instance. */
  byte[] toBytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(rows.stream().mapToInt(sent -> HEAD_BYTES + sent.row.length).sum());
    rows.forEach(
        sent ->
            buffer.putInt(sent.day).putLong(sent.version).putInt(sent.row.length).put(sent.row));
    return buffer.array();
  }

  /**
   * The last day that counts, since 1970; far in the past before there is any.
   *
   * @param maturityDays how long labels take
   */
  int maturedDay(int maturityDays) {
    return (days.isEmpty() ? Integer.MIN_VALUE / 2 : days.firstKey()) - maturityDays;
  }

  /**
   * The grades of the days, the newest first.
   *
   * @param lastDay later ones are left out
   * @param k how many of a day's highest scores the precision is of
   */
  List<Grade> ofDays(int lastDay, long k) {
    return days.tailMap(lastDay).values().stream().flatMap(t -> t.grades(k).stream()).toList();
  }

  /** The grades of several days together, by ranking; empty when nothing was scored in them. */
  List<Grade> together(int firstDay, int lastDay, long k) {
    Tally all = new Tally();
    days.subMap(lastDay, true, firstDay, true).values().forEach(all::add);
    return all.grades(k);
  }

  /**
   * The grades of the versions that were added, the newest first.
   *
   * @param limit so many versions at most
   */
  List<OfVersion> ofVersions(int limit, long k) {
    return versions.entrySet().stream()
        .limit(limit)
        .flatMap(e -> e.getValue().grades(k).stream().map(g -> new OfVersion(e.getKey(), g)))
        .toList();
  }

  /** Sums of rows. */
  private static final class Tally {
    private final Map<Ranking, RankingHistogram> histograms = new EnumMap<>(Ranking.class);
    private final Map<Ranking, Long> labelled = new EnumMap<>(Ranking.class);
    private int firstDay = Integer.MAX_VALUE;
    private int lastDay = Integer.MIN_VALUE;

    void add(int day, byte[] row) {
      firstDay = Math.min(firstDay, day);
      lastDay = Math.max(lastDay, day);
      GradeRow.forEach(
          row,
          (ranking, outcome, bin, count) -> {
            histogram(ranking).add(bin, outcome == Outcome.FRAUD, count);
            labelled.merge(ranking, outcome == Outcome.UNLABELLED ? 0L : count, Long::sum);
          });
    }

    void add(Tally other) {
      firstDay = Math.min(firstDay, other.firstDay);
      lastDay = Math.max(lastDay, other.lastDay);
      other.histograms.forEach((ranking, h) -> histogram(ranking).add(h));
      other.labelled.forEach((ranking, count) -> labelled.merge(ranking, count, Long::sum));
    }

    private RankingHistogram histogram(Ranking ranking) {
      return histograms.computeIfAbsent(ranking, r -> new RankingHistogram());
    }

    List<Grade> grades(long k) {
      return histograms.entrySet().stream()
          .map(
              e ->
                  new Grade(
                      firstDay,
                      lastDay,
                      e.getKey(),
                      labelled.getOrDefault(e.getKey(), 0L),
                      e.getValue().quality(k)))
          .toList();
    }
  }
}
