package io.shoal.kmeans.evaluation;

/**
 * Counts of frauds and others by their score, and how well the scores rank the frauds first. Its
 * size does not depend on how much is counted, and histograms of the same scores add up.
 *
 * <p>A score in [0, 1] falls into one of {@value #BINS} bins, eight to each halving of its distance
 * to the nearer end, down to 2^-15: scores of 0.999 and 0.9991 are told apart, those of 0.5 and
 * 0.51 are not. What lies in one bin counts as equal, so the area under the curve is known to
 * within {@link Quality#aucTolerance}. Not thread-safe.
 */
public final class RankingHistogram {
  /** Number of bins. */
  public static final int BINS = 224;

  private static final int SIDE = BINS / 2;
  private static final int PER_OCTAVE_BITS = 3;
  private static final int MANTISSA_BITS = 52;
  private static final int OCTAVES = SIDE >> PER_OCTAVE_BITS;
  private static final double NEAREST = Math.scalb(1.0, -OCTAVES - 1);
  private static final long FIRST =
      Double.doubleToLongBits(NEAREST) >>> (MANTISSA_BITS - PER_OCTAVE_BITS);

  private final long[] frauds = new long[BINS];
  private final long[] others = new long[BINS];

  /**
   * How well the scores rank; NaN where it is not defined.
   *
   * @param frauds number of them
   * @param others number of the rest
   * @param auc probability that a fraud has a higher score than another, ties counting half
   * @param aucTolerance the exact area differs by at most this
   * @param averagePrecision mean over the frauds of the precision down to their score
   * @param precision share of frauds among those with the highest scores, or among all where there
   *     are fewer than asked for
   */
  public record Quality(
      long frauds,
      long others,
      double auc,
      double aucTolerance,
      double averagePrecision,
      double precision) {
    /**
     * Standard error of the area: how far chance alone moves it; NaN where that is not defined.
     * Hanley and McNeil, The meaning and use of the area under a ROC curve, Radiology 143, 1982;
     * but with one fraud more that ranks in the middle. Theirs is 0 for an area of 1, and a single
     * fraud that happens to rank first says next to nothing.
     */
    public double aucError() {
      double a = (auc * frauds + 0.5) / (frauds + 1);
      double ofFrauds = a / (2 - a) - a * a;
      double ofOthers = 2 * a * a / (1 + a) - a * a;
      double variance = a * (1 - a) + (frauds - 1) * ofFrauds + (others - 1) * ofOthers;
      return Math.sqrt(Math.max(variance, 0) / ((double) frauds * others));
    }
  }

  /**
   * The bin of a score, {@code 0..BINS-1}; a higher one holds higher scores.
   *
   * @throws IllegalArgumentException when it is no number between 0 and 1
   */
  public static int bin(double score) {
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("a score lies between 0 and 1, it is " + score);
    }
    boolean upper = score >= 0.5;
    double distance = Math.max(NEAREST, Math.min(Math.nextDown(0.5), upper ? 1 - score : score));
    // The exponent and the first bits of the mantissa: eight equal steps in each octave.
    int step =
        (int) ((Double.doubleToLongBits(distance) >>> (MANTISSA_BITS - PER_OCTAVE_BITS)) - FIRST);
    return upper ? BINS - 1 - step : step;
  }

  /** The least score of a bin, {@code 0..BINS-1}. */
  public static double lowest(int bin) {
    if (bin == 0) {
      return 0;
    }
    if (bin == SIDE) {
      return 0.5;
    }
    // The lower half counts distances from 0 upwards, the upper one those from 1 downwards.
    int step = bin < SIDE ? bin : BINS - bin;
    double distance = Double.longBitsToDouble((FIRST + step) << (MANTISSA_BITS - PER_OCTAVE_BITS));
    return bin < SIDE ? distance : 1 - distance;
  }

  /**
   * Counts, or takes back what was counted.
   *
   * @param bin of the score
   * @param count how many; may be negative
   */
  public void add(int bin, boolean fraud, long count) {
    (fraud ? frauds : others)[bin] += count;
  }

  /** Adds all that another has counted. */
  public void add(RankingHistogram other) {
    for (int b = 0; b < BINS; b++) {
      frauds[b] += other.frauds[b];
      others[b] += other.others[b];
    }
  }

  /**
   * What the counts say.
   *
   * @param k how many of the highest scores the precision is of, at least 1
   */
  public Quality quality(long k) {
    long positives = 0;
    long negatives = 0;
    for (int b = 0; b < BINS; b++) {
      positives += Math.max(0, frauds[b]);
      negatives += Math.max(0, others[b]);
    }
    double found = 0;
    double seen = 0;
    double above = 0;
    double ties = 0;
    double precisions = 0;
    double hits = 0;
    for (int b = BINS - 1; b >= 0; b--) {
      double f = Math.max(0, frauds[b]);
      double o = Math.max(0, others[b]);
      if (f + o == 0) {
        continue;
      }
      // Of a bin that is wanted in part: its share of frauds is what a draw from it would find.
      hits += f * Math.min(1, Math.max(0, k - seen) / (f + o));
      above += o * (found + f / 2);
      ties += f * o / 2;
      found += f;
      seen += f + o;
      precisions += f * found / seen;
    }
    double pairs = (double) positives * negatives;
    return new Quality(
        positives,
        negatives,
        above / pairs,
        ties / pairs,
        precisions / positives,
        hits / Math.min((double) k, seen));
  }
}
