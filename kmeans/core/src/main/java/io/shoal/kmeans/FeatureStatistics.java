package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Decayed mean and variance per feature (West 1979, with decay), from which the scales of the
 * metric come. A feature that does not vary gets a scale by its magnitude instead, so that it
 * neither divides by zero nor drowns the others when it first moves.
 */
final class FeatureStatistics {
  private static final double FLOOR_RELATIVE = 1e-6;
  private static final double FLOOR_ABSOLUTE = 1e-6;

  private final double[] mean;
  private final double[] squares;
  private double weight;

  FeatureStatistics(int d) {
    mean = new double[d];
    squares = new double[d];
  }

  void decay(double factor) {
    weight *= factor;
    for (int f = 0; f < squares.length; f++) {
      squares[f] *= factor;
    }
  }

  /** Adds the points with a non-negative id. */
  void add(float[] points, int n, int[] ids) {
    int d = mean.length;
    for (int i = 0; i < n; i++) {
      if (ids[i] >= 0) {
        weight++;
        for (int f = 0, p = i * d; f < d; f++, p++) {
          double delta = points[p] - mean[f];
          mean[f] += delta / weight;
          squares[f] += delta * (points[p] - mean[f]);
        }
      }
    }
  }

  /** Standard deviation per feature, with the floor; finite and positive. */
  float[] scales() {
    float[] scales = new float[mean.length];
    for (int f = 0; f < scales.length; f++) {
      double deviation = weight > 0 ? Math.sqrt(squares[f] / weight) : 0;
      double floor = Math.max(FLOOR_ABSOLUTE, FLOOR_RELATIVE * Math.abs(mean[f]));
      scales[f] = deviation > floor ? (float) Math.min(deviation, Float.MAX_VALUE) : unit(mean[f]);
    }
    return scales;
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
