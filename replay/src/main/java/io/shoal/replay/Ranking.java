package io.shoal.replay;

import java.util.Comparator;
import java.util.stream.IntStream;

/** How well scores rank what is odd before what is not; equal scores count as one rank. */
public final class Ranking {
  private Ranking() {}

  /**
   * Area under the ROC curve and average precision.
   *
   * @param auc probability that an odd one has a higher score than another; NaN without both kinds
   * @param averagePrecision mean over the odd ones of the precision down to their rank; NaN without
   *     any
   */
  public record Quality(double auc, double averagePrecision) {}

  /**
   * Ranks.
   *
   * @param scores higher is odder, {@code [n]}
   * @param odd {@code [n]}
   */
  public static Quality quality(double[] scores, boolean[] odd) {
    int[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double found = 0;
    double auc = 0;
    double precision = 0;
    double total = 0;
    for (boolean o : odd) {
      total += o ? 1 : 0;
    }
    int i = 0;
    while (i < order.length) {
      int j = i;
      int hits = 0;
      while (j < order.length && scores[order[j]] == scores[order[i]]) {
        hits += odd[order[j]] ? 1 : 0;
        j++;
      }
      auc += (j - i - hits) * (found + hits / 2.0);
      found += hits;
      precision += hits / total * (found / j);
      i = j;
    }
    return new Quality(auc / (total * (order.length - total)), total > 0 ? precision : Double.NaN);
  }
}
