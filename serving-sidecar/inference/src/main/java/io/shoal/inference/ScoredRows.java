package io.shoal.inference;

import io.shoal.kmeans.Score;

/** What a model says of the rows of one request, column by column: the outputs' numbers. */
final class ScoredRows {
  final ServedModel model;
  final double[] scores;
  final double[] risks;
  final int[] clusterIds;
  final float[] distances2;

  /** {@code [n * 3]}: features by index, -1 for none. */
  final int[] topFeatures;

  /** {@code [n * 3]}: their shares of the distance. */
  final float[] topShares;

  ScoredRows(ServedModel model, int n) {
    this.model = model;
    this.scores = new double[n];
    this.risks = new double[n];
    this.clusterIds = new int[n];
    this.distances2 = new float[n];
    this.topFeatures = new int[n * Score.TOP];
    this.topShares = new float[n * Score.TOP];
  }

  int size() {
    return scores.length;
  }

  void set(int row, Score score) {
    scores[row] = score.score;
    risks[row] = score.risk;
    clusterIds[row] = score.clusterId;
    distances2[row] = score.distance2;
    System.arraycopy(score.topFeatures, 0, topFeatures, row * Score.TOP, Score.TOP);
    System.arraycopy(score.topShares, 0, topShares, row * Score.TOP, Score.TOP);
  }

  /** Name of a feature among the three of a row; empty where there are fewer. */
  String topFeature(int index) {
    return topFeatures[index] < 0 ? "" : model.features().get(topFeatures[index]);
  }
}
