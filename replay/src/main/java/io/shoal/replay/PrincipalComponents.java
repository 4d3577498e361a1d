package io.shoal.replay;

import java.util.Arrays;

/**
 * The two directions in which weighted points vary most (Pearson 1901), by power iteration with
 * deflation: enough for a picture of some hundred clusters.
 */
final class PrincipalComponents {
  private static final int ITERATIONS = 200;

  private PrincipalComponents() {}

  /**
   * Projects.
   *
   * @param points {@code [n * d]}, row-major
   * @param weights {@code [n]}
   * @return {@code [n][2]}
   */
  static double[][] project(double[] points, double[] weights, int d) {
    int n = weights.length;
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    double[] centred = points.clone();
    for (int f = 0; f < d; f++) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += weights[i] / total * points[i * d + f];
      }
      for (int i = 0; i < n; i++) {
        centred[i * d + f] -= mean;
      }
    }
    double[][] covariance = new double[d][d];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < d; f++) {
        for (int g = 0; g < d; g++) {
          covariance[f][g] += weights[i] / total * centred[i * d + f] * centred[i * d + g];
        }
      }
    }
    double[][] projected = new double[n][2];
    for (int axis = 0; axis < Math.min(2, d); axis++) {
      double[] direction = largest(covariance);
      for (int i = 0; i < n; i++) {
        for (int f = 0; f < d; f++) {
          projected[i][axis] += centred[i * d + f] * direction[f];
        }
      }
    }
    return projected;
  }

  /** The direction of the largest variance, which is taken out of the covariance. */
  private static double[] largest(double[][] covariance) {
    int d = covariance.length;
    double[] direction = new double[d];
    Arrays.setAll(direction, f -> 1 + f / (double) d);
    double length = 0;
    for (int i = 0; i < ITERATIONS; i++) {
      double[] next = new double[d];
      for (int f = 0; f < d; f++) {
        for (int g = 0; g < d; g++) {
          next[f] += covariance[f][g] * direction[g];
        }
      }
      length = Math.sqrt(Arrays.stream(next).map(v -> v * v).sum());
      if (!(length > 0)) {
        return new double[d];
      }
      for (int f = 0; f < d; f++) {
        direction[f] = next[f] / length;
      }
    }
    for (int f = 0; f < d; f++) {
      for (int g = 0; g < d; g++) {
        covariance[f][g] -= length * direction[f] * direction[g];
      }
    }
    return direction;
  }
}
