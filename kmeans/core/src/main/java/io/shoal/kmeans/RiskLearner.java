package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Learns the weights of {@link AdditiveRisk} from a stream by AdaGrad (Duchi, Hazan and Singer
 * 2011). Labels come late and name frauds only, so all traffic counts as legitimate when it comes,
 * in steps of a few points; a fraud label takes that back and counts the point as fraud: the two
 * gradients, {@code p} and {@code p - 1}, come to a step of -1. The squared gradients are
 * forgotten, half as fast as the clusters forget, so that learning never ceases. Not thread-safe.
 */
final class RiskLearner {
  private static final double RATE = 0.1;
  private static final double SQUARES_MIN = 1e-2;

  /** Points whose gradients are added up for a step. */
  private static final int STEP_POINTS = 64;

  /** Of the weights of a model whose history is not known: steps of a fifth of the rate. */
  private static final double SQUARES_OF_A_MODEL = 25;

  private final int d;
  private final double[] weights;
  private final double[] squares;
  private final double[] gradient;
  private boolean labelled;

  RiskLearner(int d) {
    this.d = d;
    this.weights = new double[AdditiveRisk.size(d)];
    this.squares = new double[weights.length];
    this.gradient = new double[weights.length];
  }

  /** Goes on from the weights of a model, if it has some. */
  void start(double[] modelWeights) {
    if (modelWeights.length == weights.length) {
      System.arraycopy(modelWeights, 0, weights, 0, weights.length);
      Arrays.fill(squares, SQUARES_OF_A_MODEL);
      labelled = true;
    }
  }

  /** Whether a fraud label came, without which there is no risk. */
  boolean labelled() {
    return labelled;
  }

  /** The weights {@code [size(d)]}; a copy. */
  double[] weights() {
    return weights.clone();
  }

  /** Forgets. */
  void decay(double factor) {
    double slower = Math.sqrt(factor);
    for (int i = 0; i < squares.length; i++) {
      squares[i] *= slower;
    }
  }

  /**
   * Counts traffic as legitimate.
   *
   * @param points {@code [n * d]}, in feature units
   */
  void traffic(float[] points, int n, float[] means, float[] inverseScales) {
    if (!labelled) {
      return;
    }
    AdditiveRisk risk = new AdditiveRisk(means, inverseScales, weights);
    for (int from = 0; from < n; from += STEP_POINTS) {
      int to = Math.min(n, from + STEP_POINTS);
      for (int i = from; i < to; i++) {
        double probability = 1 / (1 + Math.exp(-risk.logOdds(points, i * d)));
        add(risk, points, i * d, probability);
      }
      step();
      risk.update();
    }
  }

  /** Counts a point as fraud that was counted as legitimate before. */
  void fraud(float[] x, float[] means, float[] inverseScales) {
    labelled = true;
    add(new AdditiveRisk(means, inverseScales, weights), x, 0, -1);
    step();
  }

  /** Adds to the gradient: 1 for each segment below the point, a part for its own. */
  private void add(AdditiveRisk risk, float[] points, int offset, double slope) {
    gradient[0] += slope;
    for (int f = 0; f < d; f++) {
      double deviation = risk.deviation(f, points[offset + f]);
      int own = AdditiveRisk.segment(deviation);
      int first = 1 + f * AdditiveRisk.SEGMENTS;
      for (int s = 0; s < own; s++) {
        gradient[first + s] += slope;
      }
      gradient[first + own] += slope * AdditiveRisk.along(own, deviation);
    }
  }

  private void step() {
    for (int i = 0; i < weights.length; i++) {
      double g = gradient[i];
      if (g != 0) {
        squares[i] += g * g;
        weights[i] -= RATE * g / Math.sqrt(SQUARES_MIN + squares[i]);
        gradient[i] = 0;
      }
    }
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeBoolean(labelled);
    for (int i = 0; i < weights.length; i++) {
      out.writeDouble(weights[i]);
      out.writeDouble(squares[i]);
    }
  }

  void readFrom(DataInput in) throws IOException {
    labelled = in.readBoolean();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readDouble();
      squares[i] = in.readDouble();
    }
  }
}
