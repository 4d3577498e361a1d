package io.shoal.kmeans;

/** What an {@link AnomalyScorer} says of one point: a holder to be used again, one per thread. */
public final class Score {
  /** How many features are named as reasons. */
  public static final int TOP = 3;

  /** Stable id of the nearest cluster. */
  public int clusterId;

  /** Squared distance to the nearest centroid, in units of the feature scales. */
  public float distance2;

  /** Raw anomaly score: unbounded, in no unit; only its order matters. */
  public double raw;

  /** Share of recent traffic that looks less anomalous, in [0, 1]. */
  public double score;

  /** Posterior probability of fraud, in [0, 1]; NaN while the model has seen no labels. */
  public double risk;

  /** Feature that raises {@link #risk} most; -1 where the model does not say. */
  public int riskFeature = -1;

  /**
   * Features that contributed most to {@link #distance2}, largest first; -1 where there are fewer.
   */
  public final int[] topFeatures = new int[TOP];

  /** Their shares of {@link #distance2}, in [0, 1]. */
  public final float[] topShares = new float[TOP];

  /** The point divided by the scales, {@code [d]}. */
  float[] scaled = new float[0];

  /** Squared distances to all clusters, {@code [k]} and padding. */
  float[] distances2 = new float[0];

  /** Rows of the nearest clusters, nearest first: one, or as many as the risk looks at. */
  final int[] nearest = new int[TOP];

  /** Squared distances to them. */
  final float[] nearestDistances2 = new float[TOP];

  void ensure(int d, int stride) {
    if (scaled.length < d) {
      scaled = new float[d];
    }
    if (distances2.length < stride) {
      distances2 = new float[stride];
    }
  }
}
