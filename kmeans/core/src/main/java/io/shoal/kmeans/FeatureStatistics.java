package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Decayed mean and variance per feature, from which the scales of the metric come: {@code s =
 * sqrt(variance + resolution^2)}. The resolution is the difference that means nothing yet; without
 * it, a feature that was constant for long would drown all others in the days in which it first
 * moves. A feature that does not vary and has no resolution gets a scale by its magnitude, so that
 * nothing divides by zero.
 */
final class FeatureStatistics {
  private static final double FLOOR_RELATIVE = 1e-6;
  private static final double FLOOR_ABSOLUTE = 1e-6;

  private final List<Float> resolutions;
  private final double[] mean;
  private final double[] squares;
  private double weight;

  /**
   * @param resolutions in feature units, {@code [d]}; empty for none
   */
  FeatureStatistics(int d, List<Float> resolutions) {
    this.resolutions = resolutions;
    mean = new double[d];
    squares = new double[d];
  }

  /** Takes over the scales of a model; its means are those of its clusters. */
  void start(KMeansModelData model) {
    double[] weights = model.weights();
    float[] centroids = model.centroids();
    weight = Arrays.stream(weights).sum();
    for (int f = 0; f < mean.length; f++) {
      double sum = 0;
      for (int j = 0; j < weights.length; j++) {
        sum += weights[j] * centroids[j * mean.length + f];
      }
      mean[f] = weight > 0 ? sum / weight : 0;
      double resolution = resolutions.isEmpty() ? 0 : resolutions.get(f);
      double scale = model.scales()[f];
      squares[f] = weight * Math.max(0, scale * scale - resolution * resolution);
    }
  }

  void decay(double factor) {
    weight *= factor;
    for (int f = 0; f < squares.length; f++) {
      squares[f] *= factor;
    }
  }

  /**
   * Adds the points with a non-negative id: moments of the batch around the mean so far, where they
   * do not cancel, then the two parts together (Chan, Golub and LeVeque 1983).
   *
   * @param ids rows of k clusters
   * @return sums and counts per cluster, which fall off on the way
   */
  BatchStatistics add(AssignmentKernel kernel, float[] points, int n, int[] ids, int k) {
    BatchStatistics statistics = new BatchStatistics(k, mean.length);
    if (weight == 0) {
      startNear(points, n, ids);
    }
    double[] square = new double[mean.length];
    statistics.addMoments(kernel, points, n, ids, mean, square);
    long count = statistics.count();
    if (count == 0) {
      return statistics;
    }
    double total = weight + count;
    for (int f = 0; f < mean.length; f++) {
      double shift = statistics.sum(f) / count - mean[f];
      squares[f] +=
          Math.max(0, square[f] - count * shift * shift) + shift * shift * (weight * count / total);
      mean[f] += shift * (count / total);
    }
    weight = total;
    return statistics;
  }

  /** Without a mean so far, the first point is near enough. */
  private void startNear(float[] points, int n, int[] ids) {
    for (int i = 0; i < n; i++) {
      if (ids[i] >= 0) {
        for (int f = 0; f < mean.length; f++) {
          mean[f] = points[i * mean.length + f];
        }
        return;
      }
    }
  }

  /** Decayed mean per feature; finite. */
  float[] means() {
    float[] means = new float[mean.length];
    for (int f = 0; f < means.length; f++) {
      means[f] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, mean[f]));
    }
    return means;
  }

  /** Standard deviation per feature, with the floor; finite and positive. */
  float[] scales() {
    float[] scales = new float[mean.length];
    for (int f = 0; f < scales.length; f++) {
      double variance = weight > 0 ? squares[f] / weight : 0;
      double resolution = resolutions.isEmpty() ? 0 : resolutions.get(f);
      double deviation = Math.sqrt(variance + resolution * resolution);
      double floor = Math.max(FLOOR_ABSOLUTE, FLOOR_RELATIVE * Math.abs(mean[f]));
      scales[f] = deviation > floor ? (float) Math.min(deviation, Float.MAX_VALUE) : unit(mean[f]);
    }
    return scales;
  }

  /** Mean over the features of their variances. */
  double meanVariance() {
    return weight > 0 ? Arrays.stream(squares).sum() / weight / squares.length : 0;
  }

  private static float unit(double mean) {
    return (float) Math.min(Math.max(1, Math.abs(mean)), Float.MAX_VALUE);
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeDouble(weight);
    for (int f = 0; f < mean.length; f++) {
      out.writeDouble(mean[f]);
      out.writeDouble(squares[f]);
    }
  }

  void readFrom(DataInput in) throws IOException {
    weight = in.readDouble();
    for (int f = 0; f < mean.length; f++) {
      mean[f] = in.readDouble();
      squares[f] = in.readDouble();
    }
  }
}
