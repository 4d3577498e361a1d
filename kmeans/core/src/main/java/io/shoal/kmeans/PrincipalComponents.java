package io.shoal.kmeans;

import java.util.Arrays;

/**
 * The two directions in which weighted points vary most (Pearson 1901), by power iteration with
 * deflation: enough for a picture of some hundred clusters.
 */
public final class PrincipalComponents {
  private static final int ITERATIONS = 200;
  private static final int AXES = 2;

  private final int d;
  private final double[] mean;
  private final double[][] directions;
  private final double[] shares = new double[AXES];

  /**
   * Finds the directions.
   *
   * @param points {@code [n * d]}, row-major
   * @param weights {@code [n]}
   */
  public PrincipalComponents(double[] points, double[] weights, int d) {
    this.d = d;
    this.mean = new double[d];
    this.directions = new double[AXES][d];
    int n = weights.length;
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    for (int i = 0; i < n * d; i++) {
      mean[i % d] += weights[i / d] / total * points[i];
    }
    double[][] covariance = new double[d][d];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < d; f++) {
        for (int g = 0; g < d; g++) {
          covariance[f][g] +=
              weights[i] / total * (points[i * d + f] - mean[f]) * (points[i * d + g] - mean[g]);
        }
      }
    }
    double variance = 0;
    for (int f = 0; f < d; f++) {
      variance += covariance[f][f];
    }
    for (int axis = 0; axis < Math.min(AXES, d); axis++) {
      double length = largest(covariance, directions[axis]);
      shares[axis] = variance > 0 ? length / variance : 0;
    }
  }

  /**
   * Where points lie along the two directions; these need not be the points that gave them.
   *
   * @param points {@code [n * d]}, row-major
   * @return {@code [n][2]}
   */
  public double[][] project(double[] points) {
    double[][] projected = new double[points.length / d][AXES];
    for (int i = 0; i < points.length; i++) {
      for (int axis = 0; axis < AXES; axis++) {
        projected[i / d][axis] += (points[i] - mean[i % d]) * directions[axis][i % d];
      }
    }
    return projected;
  }

  /** Unit vectors {@code [2][d]}, a copy; the second is zero where points lie on a line. */
  public double[][] directions() {
    return Arrays.stream(directions).map(double[]::clone).toArray(double[][]::new);
  }

  /** Share of the variance along each direction, {@code [2]}, in [0, 1]; a copy. */
  public double[] shares() {
    return shares.clone();
  }

  /** The direction of the largest variance, which is taken out; returns that variance. */
  private static double largest(double[][] covariance, double[] direction) {
    int d = direction.length;
    double[] current = new double[d];
    Arrays.setAll(current, f -> 1 + f / (double) d);
    double length = 0;
    for (int i = 0; i < ITERATIONS; i++) {
      double[] next = new double[d];
      for (int f = 0; f < d; f++) {
        for (int g = 0; g < d; g++) {
          next[f] += covariance[f][g] * current[g];
        }
      }
      length = Math.sqrt(Arrays.stream(next).map(v -> v * v).sum());
      if (!(length > 0)) {
        return 0;
      }
      for (int f = 0; f < d; f++) {
        current[f] = next[f] / length;
      }
    }
    for (int f = 0; f < d; f++) {
      for (int g = 0; g < d; g++) {
        covariance[f][g] -= length * current[f] * current[g];
      }
    }
    System.arraycopy(current, 0, direction, 0, d);
    return length;
  }
}
