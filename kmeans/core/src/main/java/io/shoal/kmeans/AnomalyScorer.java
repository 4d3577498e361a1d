package io.shoal.kmeans;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scores points against one model: nearest cluster, percentile of the anomaly score, risk, and the
 * features that explain the distance. Immutable, thread-safe, allocates nothing per point.
 */
public final class AnomalyScorer {
  /** Clusters that the risk looks at. */
  static final int RISK_CLUSTERS = 3;

  /** Weight of the anomaly percentile's log-odds within the risk. */
  static final double ANOMALY_WEIGHT_BY_CLUSTERS = 0.3;

  /** The same beside learned curves: it speaks where labels are silent. */
  static final double ANOMALY_WEIGHT_BY_CURVES = 0.1;

  /** Pseudo-events that pull a small cluster's fraud rate to the rate of all traffic. */
  private static final double PRIOR_EVENTS = 20;

  private final int k;
  private final int d;
  private final int[] clusterIds;
  private final float[] inverseScales;
  private final float[] scaled;
  private final float[] columns;
  private final PointKernel kernel;
  private final RawScores rawScores;
  private final ScoreTable table;
  private final boolean labelled;
  private final @Nullable AdditiveRisk additiveRisk;

  /** How many clusters must be found per point. */
  private final int nearest;

  private final double[] logOdds;

  /** A scorer of this model, on the fastest kernel that works here. */
  public AnomalyScorer(KMeansModelData model) {
    this(model, KernelProvider.loadPointKernel());
  }

  /** A scorer of this model on this kernel; all kernels give the same bits. */
  public AnomalyScorer(KMeansModelData model, PointKernel kernel) {
    this.kernel = kernel;
    this.k = model.clusters();
    this.d = model.dimension();
    this.clusterIds = model.clusterIds();
    this.inverseScales = Scaling.inverse(model.scales());
    this.scaled = Scaling.scaled(model.centroids(), k, inverseScales);
    this.columns = PointKernel.columns(scaled, k, d);
    this.rawScores = new RawScores(scaled, model.weights(), d);
    this.table = new ScoreTable(ScoreHistogram.fromBytes(model.scoreSketch()));
    this.labelled = labelled(model);
    double[] riskWeights = model.riskWeights();
    this.additiveRisk =
        labelled && riskWeights.length > 0
            ? new AdditiveRisk(model.means(), inverseScales, riskWeights)
            : null;
    this.nearest = labelled && additiveRisk == null ? Math.min(RISK_CLUSTERS, k) : 1;
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
    out.ensure(d, columns.length / d);
    Scaling.scale(x, inverseScales, out.scaled);
    int stride = columns.length / d;
    kernel.distances2(out.scaled, columns, stride, d, out.distances2);
    kernel.nearest(out.distances2, stride, nearest, out.nearest, out.nearestDistances2);
    int own = out.nearest[0];
    out.clusterId = clusterIds[own];
    out.distance2 = out.nearestDistances2[0];
    out.raw = rawScores.raw(out.scaled, own, out.distances2);
    out.score = table.rank(out.raw);
    out.risk = labelled ? risk(x, out) : Double.NaN;
    explain(out, own);
  }

  /** Scores one point into a new holder, for callers that do not count allocations. */
  public Score score(float[] x) {
    Score score = new Score();
    score(x, score);
    return score;
  }

  /**
   * What each feature adds to the distance: {@code ((x_f - c_f) / s_f)^2}. They add up to {@link
   * Score#distance2}.
   *
   * @param x {@code [d]} at least, in feature units
   * @return {@code [d]}
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public float[] contributions(float[] x) {
    Score score = score(x);
    float[] contributions = new float[d];
    for (int f = 0; f < d; f++) {
      contributions[f] = contribution(score, score.nearest[0], f);
    }
    return contributions;
  }

  /** By the curves of the features where the model has learned them, else by its clusters. */
  private double risk(float[] x, Score out) {
    if (additiveRisk == null) {
      out.riskFeature = -1;
      return risk(out);
    }
    double anomaly = Math.log(out.score / (1 - out.score));
    double logOdds = additiveRisk.logOdds(x, out) + ANOMALY_WEIGHT_BY_CURVES * anomaly;
    return 1 / (1 + Math.exp(-logOdds));
  }

  /**
   * Log-odds of the fraud rates of the three nearest clusters, weighted by {@code exp(-(d2 -
   * d2min))}, plus the log-odds of the anomaly percentile, squashed by the logistic function.
   */
  private double risk(Score out) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < nearest; i++) {
      double weight = Math.exp(out.nearestDistances2[0] - (double) out.nearestDistances2[i]);
      sum += weight * logOdds[out.nearest[i]];
      weights += weight;
    }
    double anomaly = Math.log(out.score / (1 - out.score));
    return 1 / (1 + Math.exp(-(sum / weights + ANOMALY_WEIGHT_BY_CLUSTERS * anomaly)));
  }

  private float contribution(Score out, int own, int feature) {
    float difference = out.scaled[feature] - scaled[own * d + feature];
    return Math.min(difference * difference, Float.MAX_VALUE);
  }

  private void explain(Score out, int own) {
    Arrays.fill(out.topFeatures, -1);
    Arrays.fill(out.topShares, 0);
    if (out.distance2 <= 0) {
      return;
    }
    for (int f = 0; f < d; f++) {
      float contribution = contribution(out, own, f);
      if (contribution > out.topShares[Score.TOP - 1]) {
        insertReason(out, f, contribution);
      }
    }
    for (int i = 0; i < Score.TOP; i++) {
      out.topShares[i] /= out.distance2;
    }
  }

  private static void insertReason(Score out, int feature, float contribution) {
    int at = Score.TOP - 1;
    while (at > 0 && contribution > out.topShares[at - 1]) {
      out.topFeatures[at] = out.topFeatures[at - 1];
      out.topShares[at] = out.topShares[at - 1];
      at--;
    }
    out.topFeatures[at] = feature;
    out.topShares[at] = contribution;
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
}
