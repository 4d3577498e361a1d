package io.shoal.serving;

import io.shoal.kmeans.evaluation.RankingHistogram;
import io.shoal.kmeans.evaluation.RankingHistogram.Quality;
import io.shoal.serving.GradeLedger.Outcome;
import io.shoal.serving.GradeLedger.Ranking;
import io.shoal.serving.GradeLedger.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How good each version was, from the rows of the label ledgers of all instances. A transaction
 * counts once its day is as old as labels take to come in; what has none by then was legitimate.
 */
final class Grades {
  /** Rows as instances send them to each other: key, then count. */
  private static final int ROW_BYTES = GradeLedger.KEY_BYTES + Long.BYTES;

  private final Map<Row, Long> counts = new HashMap<>();

  /**
   * The grade of a version.
   *
   * @param labelled transactions that counted and have a label
   */
  record Grade(long version, Ranking ranking, long labelled, Quality quality) {}

  /** Adds a count. */
  void add(Row row, long count) {
    counts.merge(row, count, Long::sum);
  }

  /** Adds what another instance sent. */
  void add(byte[] rows) {
    ByteBuffer buffer = ByteBuffer.wrap(rows);
    while (buffer.remaining() >= ROW_BYTES) {
      add(Row.of(buffer), buffer.getLong());
    }
  }

  /** All counts, as they are sent to another instance. */
  byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(counts.size() * ROW_BYTES);
    counts.forEach((row, count) -> buffer.put(row.toBytes()).putLong(count));
    return buffer.array();
  }

  /**
   * The last day that counts, since 1970; far in the past before there is any.
   *
   * @param maturityDays how long labels take
   */
  int maturedDay(int maturityDays) {
    int newest = counts.keySet().stream().mapToInt(Row::day).max().orElse(Integer.MIN_VALUE / 2);
    return newest - maturityDays;
  }

  /**
   * The grades of all versions of which something counts, the newest first.
   *
   * @param k how many of the highest scores the precision is of
   */
  List<Grade> of(int maturityDays, long k) {
    int last = maturedDay(maturityDays);
    Map<Long, EnumMap<Ranking, Tally>> versions = new HashMap<>();
    counts.forEach(
        (row, count) -> {
          if (row.day() <= last) {
            versions
                .computeIfAbsent(row.version(), v -> new EnumMap<>(Ranking.class))
                .computeIfAbsent(row.ranking(), r -> new Tally())
                .add(row, count);
          }
        });
    List<Grade> grades = new ArrayList<>();
    versions.forEach(
        (version, rankings) ->
            rankings.forEach(
                (ranking, tally) ->
                    grades.add(
                        new Grade(version, ranking, tally.labelled, tally.histogram.quality(k)))));
    grades.sort(Comparator.comparingLong(Grade::version).reversed().thenComparing(Grade::ranking));
    return grades;
  }

  private static final class Tally {
    final RankingHistogram histogram = new RankingHistogram();
    long labelled;

    void add(Row row, long count) {
      histogram.add(row.bin(), row.outcome() == Outcome.FRAUD, count);
      labelled += row.outcome() == Outcome.UNLABELLED ? 0 : count;
    }
  }
}
