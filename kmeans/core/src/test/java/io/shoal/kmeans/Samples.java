package io.shoal.kmeans;

import java.util.Random;

/** Points and learners for tests. */
final class Samples {
  private Samples() {}

  /** {@code n} points around a centre that is the same in each feature, {@code [n * d]}. */
  static float[] blob(Random random, int n, int d, double centre, double deviation) {
    float[] points = new float[n * d];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (centre + deviation * random.nextGaussian());
    }
    return points;
  }

  /** Points drawn evenly from blobs of unit deviation, in turns, {@code [n * d]}. */
  static float[] blobs(Random random, int n, int d, double... centres) {
    float[] points = new float[n * d];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (centres[i / d % centres.length] + random.nextGaussian());
    }
    return points;
  }

  static float[] repeat(int n, float... point) {
    float[] points = new float[n * point.length];
    for (int i = 0; i < points.length; i++) {
      points[i] = point[i % point.length];
    }
    return points;
  }

  static MiniBatch batch(int d, float... points) {
    return new MiniBatch(points, points.length / d, d, 0);
  }

  static MiniBatchKMeans learner(MiniBatchKMeansParameters.Builder parameters) {
    return new MiniBatchKMeans(parameters.build(), new ScalarAssignmentKernel());
  }

  /** Learns the points in batches of 500. */
  static void learn(MiniBatchKMeans learner, int d, float[] points) {
    int step = 500 * d;
    for (int at = 0; at < points.length; at += step) {
      int end = Math.min(at + step, points.length);
      learner.learn(batch(d, java.util.Arrays.copyOfRange(points, at, end)));
    }
  }

  /** A small model in one feature with two clusters, at 0 and 100. */
  static KMeansModelData.Builder model() {
    ScoreHistogram scores = new ScoreHistogram();
    for (int i = 1; i <= 100; i++) {
      scores.add(i / 10.0);
    }
    return KMeansModelData.builder()
        .centroids(new float[] {0, 100})
        .scales(new float[] {1})
        .weights(new double[] {500, 500})
        .clusterIds(new int[] {7, 9})
        .fraudWeights(new double[] {0, 0})
        .legitimateWeights(new double[] {0, 0})
        .scoreSketch(scores.toBytes());
  }
}
