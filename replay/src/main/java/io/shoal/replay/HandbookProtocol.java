package io.shoal.replay;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/**
 * The protocol of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi; chapters 3
 * and 4): seven train days, seven delay days, seven test days. A test event is left out when its
 * card was already known to be compromised: a fraud on it in the train days, or at least seven days
 * before the test day.
 */
public final class HandbookProtocol {
  private static final int DAYS = 7;
  private static final int CARDS = 100;
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  private final Outcomes outcomes;

  /**
   * The three figures.
   *
   * @param auc area under the ROC curve
   * @param averagePrecision of the ranking
   * @param cardPrecision mean over the test days of the share of truly defrauded cards among the
   *     100 with the highest score; a card found on an earlier day no longer counts
   */
  public record Figures(double auc, double averagePrecision, double cardPrecision) {
    /** Mean of several. */
    public static Figures mean(List<Figures> several) {
      return new Figures(
          several.stream().mapToDouble(Figures::auc).average().orElse(Double.NaN),
          several.stream().mapToDouble(Figures::averagePrecision).average().orElse(Double.NaN),
          several.stream().mapToDouble(Figures::cardPrecision).average().orElse(Double.NaN));
    }
  }

  /** A protocol over these outcomes. */
  public HandbookProtocol(Outcomes outcomes) {
    this.outcomes = outcomes;
  }

  /**
   * The figures of a week.
   *
   * @param trainStart first train day; the test days are the third week from it
   * @param scores of an event by its index; higher is more likely fraud
   * @throws IllegalArgumentException when an event of the test days has no score
   */
  public Figures figures(LocalDate trainStart, IntToDoubleFunction scores) {
    long startMs = trainStart.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    int[] test = test(startMs);
    double[] values = new double[test.length];
    boolean[] odd = new boolean[test.length];
    for (int i = 0; i < test.length; i++) {
      values[i] = scores.applyAsDouble(test[i]);
      odd[i] = outcomes.fraud(test[i]);
      if (Double.isNaN(values[i])) {
        throw new IllegalArgumentException(
            "an event of the test days from " + trainStart.plusDays(2L * DAYS) + " has no score");
      }
    }
    Ranking.Quality quality = Ranking.quality(values, odd);
    return new Figures(quality.auc(), quality.averagePrecision(), cards(test, values, startMs));
  }

  /** Indexes of the test events. */
  private int[] test(long startMs) {
    List<Set<Integer>> defrauded = new ArrayList<>();
    List<List<Integer>> byDay = new ArrayList<>();
    for (int day = 0; day < 3 * DAYS; day++) {
      defrauded.add(new HashSet<>());
      byDay.add(new ArrayList<>());
    }
    for (int i = 0; i < outcomes.size(); i++) {
      long day = Math.floorDiv(outcomes.timeMs(i) - startMs, DAY_MS);
      if (day >= 0 && day < 3 * DAYS) {
        byDay.get((int) day).add(i);
        if (outcomes.fraud(i)) {
          defrauded.get((int) day).add(outcomes.entity(i));
        }
      }
    }
    Set<Integer> known = new HashSet<>();
    defrauded.subList(0, DAYS).forEach(known::addAll);
    List<Integer> test = new ArrayList<>();
    for (int day = 0; day < DAYS; day++) {
      known.addAll(defrauded.get(DAYS + day - 1));
      byDay.get(2 * DAYS + day).stream()
          .filter(i -> !known.contains(outcomes.entity(i)))
          .forEach(test::add);
    }
    return test.stream().mapToInt(Integer::intValue).toArray();
  }

  private double cards(int[] test, double[] values, long startMs) {
    Set<Integer> found = new HashSet<>();
    double sum = 0;
    int from = 0;
    for (int day = 0; day < DAYS; day++) {
      long endMs = startMs + (2L * DAYS + day + 1) * DAY_MS;
      Map<Integer, Double> best = new HashMap<>();
      Set<Integer> defrauded = new HashSet<>();
      int to = from;
      for (; to < test.length && outcomes.timeMs(test[to]) < endMs; to++) {
        best.merge(outcomes.entity(test[to]), values[to], Math::max);
        if (outcomes.fraud(test[to])) {
          defrauded.add(outcomes.entity(test[to]));
        }
      }
      from = to;
      int[] top =
          best.entrySet().stream()
              .filter(e -> !found.contains(e.getKey()))
              .sorted(Comparator.comparingDouble(e -> -e.getValue()))
              .limit(CARDS)
              .mapToInt(Map.Entry::getKey)
              .filter(defrauded::contains)
              .toArray();
      Arrays.stream(top).forEach(found::add);
      sum += (double) top.length / CARDS;
    }
    return sum / DAYS;
  }
}
