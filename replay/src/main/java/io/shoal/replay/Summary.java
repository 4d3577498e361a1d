package io.shoal.replay;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * What came of a replay, in figures. Quality is over all events with a prediction, by the risk
 * where there was one and the anomaly score before.
 *
 * @param events replayed
 * @param frauds among them
 * @param score how well the anomaly score ranks frauds
 * @param risk how well the risk does
 * @param alertsPerDay reviews per day of event time
 * @param precision share of frauds among reviews; NaN without any
 * @param recall share of the frauds that were reviewed; NaN without any
 * @param amountFound sum of the amounts of the frauds that were reviewed
 * @param amountMissed sum of the amounts of those that were not
 * @param flips events with another decision than in the replay compared with
 * @param amountFlipped sum of their amounts
 * @param modelBytes size of the last model as it travels
 * @param cpuSecondsPerMillion processor time for a million events, reading included
 */
public record Summary(
    int events,
    int frauds,
    Ranking.Quality score,
    Ranking.Quality risk,
    double alertsPerDay,
    double precision,
    double recall,
    double amountFound,
    double amountMissed,
    int flips,
    double amountFlipped,
    long modelBytes,
    double cpuSecondsPerMillion) {
  private static final double DAY_MS = Duration.ofDays(1).toMillis();

  /**
   * Sums up.
   *
   * @param base what the decisions are compared with, of the same events
   */
  static Summary of(Outcomes outcomes, Outcomes base, long modelBytes, double cpuSeconds) {
    int n = outcomes.size();
    int[] scored = IntStream.range(0, n).filter(i -> outcomes.score(i) >= 0).toArray();
    int[] rated = IntStream.range(0, n).filter(i -> outcomes.risk(i) >= 0).toArray();
    int frauds = 0;
    int reviews = 0;
    int found = 0;
    int flips = 0;
    double amountFound = 0;
    double amountMissed = 0;
    double amountFlipped = 0;
    for (int i = 0; i < n; i++) {
      boolean review = outcomes.review(i);
      reviews += review ? 1 : 0;
      if (outcomes.fraud(i)) {
        frauds++;
        found += review ? 1 : 0;
        amountFound += review ? outcomes.amount(i) : 0;
        amountMissed += review ? 0 : outcomes.amount(i);
      }
      if (review != base.review(i)) {
        flips++;
        amountFlipped += outcomes.amount(i);
      }
    }
    double days = n < 2 ? Double.NaN : (outcomes.timeMs(n - 1) - outcomes.timeMs(0)) / DAY_MS;
    return new Summary(
        n,
        frauds,
        quality(outcomes, scored, false),
        quality(outcomes, rated, true),
        reviews / days,
        (double) found / reviews,
        (double) found / frauds,
        amountFound,
        amountMissed,
        flips,
        amountFlipped,
        modelBytes,
        cpuSeconds * 1e6 / n);
  }

  private static Ranking.Quality quality(Outcomes outcomes, int[] rows, boolean risk) {
    double[] values = new double[rows.length];
    boolean[] odd = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = risk ? outcomes.risk(rows[i]) : outcomes.score(rows[i]);
      odd[i] = outcomes.fraud(rows[i]);
    }
    return Ranking.quality(values, odd);
  }
}
