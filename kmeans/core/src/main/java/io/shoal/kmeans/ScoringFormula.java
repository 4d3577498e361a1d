package io.shoal.kmeans;

/**
 * The numbers of {@link AnomalyScorer}'s formula for one model, so that other systems can score the
 * same. With {@code z = x * inverseScales} and {@code d2(j) = |z - scaledCentroids[j]|^2}:
 *
 * <ul>
 *   <li>the own cluster is the row with the least {@code d2}, the lowest among equals;
 *   <li>{@code raw = tail * sum_f ln(1 + (z_f - c_f)^2) + minusLogShares[own]}, where {@code c} is
 *       the nearest centroid of {@code largeRows};
 *   <li>{@code score} is linear in {@code raw} between the points {@code (edges[i], ranks[i])};
 *       above the last it is {@code 1 - (1 - rank) / (1 + (raw - edge) / tailScale)} and less than
 *       1, below the first {@code rank / (1 + (edge - raw) / tailScale)};
 *   <li>{@code risk} is the logistic function of the mean {@code logOdds} of the {@code neighbours}
 *       nearest clusters, weighted by {@code exp(d2(own) - d2(j))}, plus {@code anomalyWeight *
 *       ln(score / (1 - score))}; but with {@code riskWeights} the mean log-odds of clusters give
 *       way to {@code riskWeights[0]} plus, for each feature and segment {@code s}, {@code
 *       riskWeights[1 + f * segments + s] * clip((u_f - knots[s]) / (knots[s + 1] - knots[s]), 0,
 *       1)}, where {@code u = (x - means) * inverseScales}.
 * </ul>
 *
 * A squared distance that is no number or past the largest float is the largest float. The arrays
 * are the record's own: do not write to them.
 *
 * @param inverseScales one over the scales {@code [d]}
 * @param scaledCentroids centroids times {@code inverseScales}, {@code [k * d]}, row-major
 * @param clusterIds stable id per row {@code [k]}
 * @param largeRows the large clusters, ascending
 * @param tail what the robust distance weighs beside the share
 * @param minusLogShares minus the logarithm of each cluster's share of the weight {@code [k]}
 * @param edges raw scores at which the percentile is known {@code [m]}, ascending
 * @param ranks the percentiles there {@code [m]}, ascending, in (0, 1)
 * @param tailScale the raw score by which a tail halves
 * @param logOdds log-odds of fraud per cluster {@code [k]}; empty while the model has no labels
 * @param anomalyWeight weight of the percentile's log-odds within the risk
 * @param neighbours how many clusters the risk looks at, where there are as many
 * @param means decayed mean per feature {@code [d]}; empty without {@code riskWeights}
 * @param knots where the curves of the features bend {@code [segments + 1]}, ascending
 * @param riskWeights {@code [1 + d * segments]}; empty where clusters alone say the risk
 */
public record ScoringFormula(
    float[] inverseScales,
    float[] scaledCentroids,
    int[] clusterIds,
    int[] largeRows,
    double tail,
    double[] minusLogShares,
    double[] edges,
    double[] ranks,
    double tailScale,
    double[] logOdds,
    double anomalyWeight,
    int neighbours,
    float[] means,
    double[] knots,
    double[] riskWeights) {

  /** The formula of this model. */
  public static ScoringFormula of(KMeansModelData model) {
    float[] inverseScales = Scaling.inverse(model.scales());
    float[] scaled = Scaling.scaled(model.centroids(), model.clusters(), inverseScales);
    RawScores rawScores = new RawScores(scaled, model.weights(), model.dimension());
    ScoreTable table = new ScoreTable(ScoreHistogram.fromBytes(model.scoreSketch()));
    return new ScoringFormula(
        inverseScales,
        scaled,
        model.clusterIds(),
        rawScores.largeRows(),
        RawScores.TAIL,
        rawScores.minusLogShares(),
        table.edges(),
        table.ranks(),
        table.tailScale(),
        AnomalyScorer.labelled(model) ? AnomalyScorer.logOdds(model) : new double[0],
        model.riskWeights().length > 0
            ? AnomalyScorer.ANOMALY_WEIGHT_BY_CURVES
            : AnomalyScorer.ANOMALY_WEIGHT_BY_CLUSTERS,
        AnomalyScorer.RISK_CLUSTERS,
        model.means(),
        AdditiveRisk.knots(),
        model.riskWeights());
  }
}
