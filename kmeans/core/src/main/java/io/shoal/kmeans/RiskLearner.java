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
 * forgotten, half as fast as the clusters forget, so that learning never ceases. The risk is read
 * off the average of the last weights (Polyak and Juditsky 1992), which trembles less. Not
 * thread-safe.
 */
final class RiskLearner {
  private static final double RATE = 0.1;
  private static final double SQUARES_MIN = 1e-2;

  /** Points of traffic to a step. */
  private static final int STEP_POINTS = 64;

  /**
   * Before the first fraud label only the share of legitimate traffic is to be known, and one point
   * in so many stands for all.
   */
  private static final int SAMPLED_WITHOUT_LABELS = 64;

  /** Steps over which weights are averaged, exponentially. */
  private static final double AVERAGED_STEPS = 300;

  /** Of the weights of a model whose history is not known: steps of a fifth of the rate. */
  private static final double SQUARES_OF_A_MODEL = 25;

  private final int d;
  private final double[] weights;
  private final double[] averages;
  private final double[] squares;

  /** Gradients of points that end within a segment, {@code [size(d)]}. */
  private final double[] within;

  /** Gradients of points that lie in a segment: those below it get them whole. */
  private final double[] beyond;

  private final int[] segments;
  private final double[] alongs;
  private boolean labelled;

  RiskLearner(int d) {
    this.d = d;
    this.weights = new double[AdditiveRisk.size(d)];
    this.averages = new double[weights.length];
    this.squares = new double[weights.length];
    this.within = new double[weights.length];
    this.beyond = new double[weights.length];
    this.segments = new int[d];
    this.alongs = new double[d];
  }

  /** Goes on from the weights of a model, if it has some. */
  void start(double[] modelWeights) {
    if (modelWeights.length == weights.length) {
      System.arraycopy(modelWeights, 0, weights, 0, weights.length);
      System.arraycopy(modelWeights, 0, averages, 0, weights.length);
      Arrays.fill(squares, SQUARES_OF_A_MODEL);
      labelled = true;
    }
  }

  /** Whether a fraud label came, without which there is no risk. */
  boolean labelled() {
    return labelled;
  }

  /** The averages of the weights {@code [size(d)]}; a copy. */
  double[] weights() {
    return averages.clone();
  }

  /** Forgets. */
  void decay(double factor) {
    double slower = Math.sqrt(factor);
    for (int i = 0; i < squares.length; i++) {
      squares[i] *= slower;
    }
  }

  /**
   * Counts traffic as legitimate; of a sample each point stands for those up to the next.
   *
   * @param points {@code [n * d]}, in feature units
   */
  void traffic(float[] points, int n, float[] means, float[] inverseScales) {
    AdditiveRisk risk = new AdditiveRisk(means, inverseScales, weights);
    int every = labelled ? 1 : SAMPLED_WITHOUT_LABELS;
    for (int from = 0; from < n; from += STEP_POINTS) {
      int to = Math.min(n, from + STEP_POINTS);
      for (int i = from; i < to; i += every) {
        double logOdds = risk.locate(points, i * d, segments, alongs);
        add(Math.min(every, to - i) / (1 + Math.exp(-logOdds)));
      }
      step();
      for (int i = 0; i < weights.length; i++) {
        averages[i] += (weights[i] - averages[i]) / AVERAGED_STEPS;
      }
      risk.update();
    }
  }

  /** Counts a point as fraud that was counted as legitimate before. */
  void fraud(float[] x, float[] means, float[] inverseScales) {
    labelled = true;
    new AdditiveRisk(means, inverseScales, weights).locate(x, 0, segments, alongs);
    add(-1);
    step();
  }

  /**
   * Adds the gradient of the point located last: 1 for each segment below it, a part for its own.
   */
  private void add(double slope) {
    within[0] += slope;
    for (int f = 0; f < d; f++) {
      int own = 1 + f * AdditiveRisk.SEGMENTS + segments[f];
      within[own] += slope * alongs[f];
      beyond[own] += slope;
    }
  }

  private void step() {
    move(0, within[0]);
    within[0] = 0;
    for (int f = 0; f < d; f++) {
      double above = 0;
      int first = 1 + f * AdditiveRisk.SEGMENTS;
      for (int i = first + AdditiveRisk.SEGMENTS - 1; i >= first; i--) {
        move(i, within[i] + above);
        above += beyond[i];
        within[i] = 0;
        beyond[i] = 0;
      }
    }
  }

  private void move(int i, double gradient) {
    squares[i] += gradient * gradient;
    weights[i] -= RATE * gradient / Math.sqrt(SQUARES_MIN + squares[i]);
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeBoolean(labelled);
    for (int i = 0; i < weights.length; i++) {
      out.writeDouble(weights[i]);
      out.writeDouble(averages[i]);
      out.writeDouble(squares[i]);
    }
  }

  void readFrom(DataInput in) throws IOException {
    labelled = in.readBoolean();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readDouble();
      averages[i] = in.readDouble();
      squares[i] = in.readDouble();
    }
  }
}
