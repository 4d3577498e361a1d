package io.shoal.kmeans;

import java.util.Arrays;

/**
 * Scores points against one model: nearest cluster, percentile of the anomaly score, risk, and the
 * features that explain the distance. Immutable, thread-safe, allocates nothing per point.
 */
public final class AnomalyScorer {
  static final int NEAREST = 3;

  /** Weight of the anomaly percentile's log-odds within the risk. */
  static final double ANOMALY_WEIGHT = 0.3;

  /** Pseudo-events that pull a small cluster's fraud rate to the rate of all traffic. */
  private static final double PRIOR_EVENTS = 20;

  private final int k;
  private final int d;
  private final int[] clusterIds;
  private final float[] inverseScales;
  private final float[] scaled;
  private final RawScores rawScores;
  private final ScoreTable table;
  private final boolean labelled;
  private final double[] logOdds;

  /** A scorer of this model. */
  public AnomalyScorer(KMeansModelData model) {
    this.k = model.clusters();
    this.d = model.dimension();
    this.clusterIds = model.clusterIds();
    this.inverseScales = inverse(model.scales());
    this.scaled = Scaling.scaled(model.centroids(), k, inverseScales);
    this.rawScores = new RawScores(scaled, model.weights(), d);
    this.table = new ScoreTable(ScoreHistogram.fromBytes(model.scoreSketch()));
    this.labelled = labelled(model);
    this.logOdds = logOdds(model);
  }

  /** Number of features, d. */
  public int dimension() {
    return d;
  }

  /**
   * Scores one point.
   *
   * @param x {@code [d]} at least, in feature units
   * @param out receives the result
   * @throws InvalidVectorException when a value is NaN or infinite; {@code out} is then unchanged
   */
  public void score(float[] x, Score out) {
    InvalidVectorException.requireFinite(x, d);
    if (out.scaled.length < d) {
      out.scaled = new float[d];
    }
    Scaling.scale(x, inverseScales, out.scaled);
    nearest(out);
    int own = out.nearest[0];
    out.clusterId = clusterIds[own];
    out.distance2 = out.nearestDistances2[0];
    out.raw = rawScores.raw(out.scaled, 0, own, out.distance2);
    out.score = table.rank(out.raw);
    out.risk = labelled ? risk(out) : Double.NaN;
    explain(out, own);
  }

  /** The three nearest clusters, nearest first; a tie goes to the lower row. */
  private void nearest(Score out) {
    Arrays.fill(out.nearest, -1);
    Arrays.fill(out.nearestDistances2, Float.POSITIVE_INFINITY);
    for (int j = 0; j < k; j++) {
      float distance2 = RawScores.distance2(out.scaled, 0, scaled, j * d, d);
      if (distance2 < out.nearestDistances2[NEAREST - 1]) {
        insert(out, j, distance2);
      }
    }
  }

  private static void insert(Score out, int row, float distance2) {
    int at = NEAREST - 1;
    while (at > 0 && distance2 < out.nearestDistances2[at - 1]) {
      out.nearest[at] = out.nearest[at - 1];
      out.nearestDistances2[at] = out.nearestDistances2[at - 1];
      at--;
    }
    out.nearest[at] = row;
    out.nearestDistances2[at] = distance2;
  }

  /**
   * Log-odds of the fraud rates of the three nearest clusters, weighted by {@code exp(-(d2 -
   * d2min))}, plus the log-odds of the anomaly percentile, squashed by the logistic function.
   */
  private double risk(Score out) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < NEAREST && out.nearest[i] >= 0; i++) {
      double weight = Math.exp(out.nearestDistances2[0] - (double) out.nearestDistances2[i]);
      sum += weight * logOdds[out.nearest[i]];
      weights += weight;
    }
    double anomaly = Math.log(out.score / (1 - out.score));
    return 1 / (1 + Math.exp(-(sum / weights + ANOMALY_WEIGHT * anomaly)));
  }

  private void explain(Score out, int own) {
    Arrays.fill(out.topFeatures, -1);
    Arrays.fill(out.topShares, 0);
    if (out.distance2 <= 0) {
      return;
    }
    for (int f = 0; f < d; f++) {
      float difference = out.scaled[f] - scaled[own * d + f];
      float share = Math.min(difference * difference, Float.MAX_VALUE) / out.distance2;
      int at = Score.TOP;
      while (at > 0 && share > out.topShares[at - 1]) {
        at--;
      }
      for (int i = Score.TOP - 1; i > at; i--) {
        out.topFeatures[i] = out.topFeatures[i - 1];
        out.topShares[i] = out.topShares[i - 1];
      }
      if (at < Score.TOP) {
        out.topFeatures[at] = f;
        out.topShares[at] = share;
      }
    }
  }

  /**
   * Smoothed log-odds of fraud per cluster. Where only fraud is reported, the cluster's traffic
   * stands for the legitimate labels that nobody sends.
   */
  static double[] logOdds(KMeansModelData model) {
    double[] fraud = model.fraudWeights();
    double[] legitimate = model.legitimateWeights();
    double[] traffic = model.weights();
    double fraudTotal = Arrays.stream(fraud).sum();
    double trafficTotal = Arrays.stream(traffic).sum() + fraudTotal;
    double prior = (fraudTotal + 0.5) / (trafficTotal + 1);
    double[] logOdds = new double[fraud.length];
    for (int j = 0; j < fraud.length; j++) {
      double events = Math.max(traffic[j], fraud[j] + legitimate[j]);
      double rate = (fraud[j] + prior * PRIOR_EVENTS) / (events + PRIOR_EVENTS);
      logOdds[j] = Math.log(rate / Math.max(1 - rate, 1e-9));
    }
    return logOdds;
  }

  /** Whether the model has seen fraud, without which it knows no risk. */
  static boolean labelled(KMeansModelData model) {
    return Arrays.stream(model.fraudWeights()).sum() > 0;
  }

  static float[] inverse(float[] scales) {
    float[] inverse = new float[scales.length];
    for (int f = 0; f < scales.length; f++) {
      inverse[f] = 1 / scales[f];
    }
    return inverse;
  }
}
