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
  private static final double RATE = 0.15;
  private static final double SQUARES_MIN = 1e-2;

  /** Points of traffic to a step. */
  private static final int STEP_POINTS = 64;

  /**
   * Before the first fraud label only the share of legitimate traffic is to be known, and one point
   * in so many stands for all.
   */
  private static final int SAMPLED_WITHOUT_LABELS = 64;

  /** Of a step in the average of the weights, which so goes over some 300 steps. */
  private static final double SHARE_OF_A_STEP = 1.0 / 300;

  /** Of the weights of a model whose history is not known: steps of a fifth of the rate. */
  private static final double SQUARES_OF_A_MODEL = 25;

  private static final int SEGMENTS = AdditiveRisk.SEGMENTS;

  private final int d;

  /**
   * By how much curves rise, {@code [SEGMENTS * d]}, segment by segment: the features of a segment
   * lie beside each other, so that the loops over all of them fill vectors.
   */
  private final double[] rises;

  private final double[] averages;
  private final double[] squares;

  /** What curves have risen to where segments begin. */
  private final double[] heights;

  /** Gradients of points that end within a segment, and then of all that reach it. */
  private final double[] gradients;

  /** Gradients of points that lie in a segment: those below it get them whole. */
  private final double[] beyond;

  /** Gradients of points that lie above a segment, per feature. */
  private final double[] above;

  private final int[] segments;
  private final double[] alongs;

  /** Log-odds at the first knots of all features. */
  private double base;

  private double baseAverage;
  private double baseSquares;
  private double baseGradient;

  /** Segments that points of this step lie in or above: no gradient is further up. */
  private int reached;

  private boolean labelled;

  RiskLearner(int d) {
    this.d = d;
    this.rises = new double[SEGMENTS * d];
    this.averages = new double[SEGMENTS * d];
    this.squares = new double[SEGMENTS * d];
    this.heights = new double[SEGMENTS * d];
    this.gradients = new double[SEGMENTS * d];
    this.beyond = new double[SEGMENTS * d];
    this.above = new double[d];
    this.segments = new int[d];
    this.alongs = new double[d];
  }

  /** Goes on from the weights of a model, if it has some. */
  void start(double[] modelWeights) {
    if (modelWeights.length == AdditiveRisk.size(d)) {
      base = modelWeights[0];
      baseAverage = base;
      baseSquares = SQUARES_OF_A_MODEL;
      for (int i = 1; i < modelWeights.length; i++) {
        rises[place(i)] = modelWeights[i];
        averages[place(i)] = modelWeights[i];
      }
      Arrays.fill(squares, SQUARES_OF_A_MODEL);
      labelled = true;
    }
  }

  /** Whether a fraud label came, without which there is no risk. */
  boolean labelled() {
    return labelled;
  }

  /** The averages of the weights of {@link AdditiveRisk}. */
  double[] weights() {
    double[] weights = new double[AdditiveRisk.size(d)];
    weights[0] = baseAverage;
    for (int i = 1; i < weights.length; i++) {
      weights[i] = averages[place(i)];
    }
    return weights;
  }

  /** Forgets. */
  void decay(double factor) {
    double slower = Math.sqrt(factor);
    baseSquares *= slower;
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
    int every = labelled ? 1 : SAMPLED_WITHOUT_LABELS;
    for (int from = 0; from < n; from += STEP_POINTS) {
      int to = Math.min(n, from + STEP_POINTS);
      addHeights();
      for (int i = from; i < to; i += every) {
        double logOdds = locate(points, i * d, means, inverseScales);
        add(Math.min(every, to - i) / (1 + Math.exp(-logOdds)));
      }
      step();
      average();
    }
  }

  /** Counts a point as fraud that was counted as legitimate before. */
  void fraud(float[] x, float[] means, float[] inverseScales) {
    labelled = true;
    locate(x, 0, means, inverseScales);
    add(-1);
    step();
  }

  private void addHeights() {
    for (int i = d; i < heights.length; i++) {
      heights[i] = heights[i - d] + rises[i - d];
    }
  }

  /** Finds where a point lies on each curve; returns its log-odds. */
  private double locate(float[] points, int offset, float[] means, float[] inverseScales) {
    double sum = base;
    for (int f = 0; f < d; f++) {
      double place = AdditiveRisk.place(points[offset + f], means[f], inverseScales[f]);
      int s = AdditiveRisk.segment(place);
      double along = AdditiveRisk.along(s, place);
      segments[f] = s;
      alongs[f] = along;
      sum += heights[s * d + f] + along * rises[s * d + f];
    }
    return sum;
  }

  /**
   * Adds the gradient of the point located last: 1 for each segment below it, a part for its own.
   */
  private void add(double slope) {
    baseGradient += slope;
    for (int f = 0; f < d; f++) {
      int own = segments[f] * d + f;
      gradients[own] += slope * alongs[f];
      beyond[own] += slope;
      reached = Math.max(reached, segments[f] + 1);
    }
  }

  private void step() {
    int length = reached * d;
    Arrays.fill(above, 0);
    for (int first = length - d; first >= 0; first -= d) {
      for (int f = 0; f < d; f++) {
        gradients[first + f] += above[f];
        above[f] += beyond[first + f];
      }
    }
    baseSquares += baseGradient * baseGradient;
    base -= RATE * baseGradient / Math.sqrt(SQUARES_MIN + baseSquares);
    baseGradient = 0;
    for (int i = 0; i < length; i++) {
      double gradient = gradients[i];
      double square = squares[i] + gradient * gradient;
      squares[i] = square;
      rises[i] -= RATE * gradient / Math.sqrt(SQUARES_MIN + square);
    }
    Arrays.fill(gradients, 0, length, 0);
    Arrays.fill(beyond, 0, length, 0);
    reached = 0;
  }

  private void average() {
    baseAverage += (base - baseAverage) * SHARE_OF_A_STEP;
    for (int i = 0; i < averages.length; i++) {
      averages[i] += (rises[i] - averages[i]) * SHARE_OF_A_STEP;
    }
  }

  /** Where a weight lies here: {@code 1 + f * SEGMENTS + s} in a model. */
  private int place(int weight) {
    return (weight - 1) % SEGMENTS * d + (weight - 1) / SEGMENTS;
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeBoolean(labelled);
    write(out, base, baseAverage, baseSquares);
    for (int i = 1; i < AdditiveRisk.size(d); i++) {
      write(out, rises[place(i)], averages[place(i)], squares[place(i)]);
    }
  }

  private static void write(DataOutput out, double weight, double average, double square)
      throws IOException {
    out.writeDouble(weight);
    out.writeDouble(average);
    out.writeDouble(square);
  }

  void readFrom(DataInput in) throws IOException {
    labelled = in.readBoolean();
    base = in.readDouble();
    baseAverage = in.readDouble();
    baseSquares = in.readDouble();
    for (int i = 1; i < AdditiveRisk.size(d); i++) {
      rises[place(i)] = in.readDouble();
      averages[place(i)] = in.readDouble();
      squares[place(i)] = in.readDouble();
    }
  }
}
