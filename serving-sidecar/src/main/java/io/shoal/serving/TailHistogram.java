package io.shoal.serving;

import io.shoal.kmeans.evaluation.RankingHistogram;
import java.nio.ByteBuffer;

/**
 * The weights of recent values in [0, 1], in the bins of {@link RankingHistogram}; finds the value
 * above which a given weight lies. Not thread-safe.
 */
final class TailHistogram {
  static final int BYTES = RankingHistogram.BINS * Double.BYTES;

  private final double[] weights = new double[RankingHistogram.BINS];

  void add(double value, double weight) {
    weights[RankingHistogram.bin(value)] += weight;
  }

  void scale(double factor) {
    for (int b = 0; b < weights.length; b++) {
      weights[b] *= factor;
    }
  }

  /**
   * The least value with no more than this weight above it; values in one bin count as evenly
   * spread over it.
   */
  double cut(double weight) {
    double left = weight;
    for (int b = weights.length - 1; b >= 0; b--) {
      if (weights[b] > left) {
        double high = b == weights.length - 1 ? 1 : RankingHistogram.lowest(b + 1);
        return high - (high - RankingHistogram.lowest(b)) * left / weights[b];
      }
      left -= weights[b];
    }
    return 0;
  }

  /** Weight of the values from this one on. */
  double above(double value) {
    int bin = RankingHistogram.bin(value);
    double high = bin == weights.length - 1 ? 1 : RankingHistogram.lowest(bin + 1);
    double low = RankingHistogram.lowest(bin);
    double sum = weights[bin] * Math.min(1, (high - value) / (high - low));
    for (int b = bin + 1; b < weights.length; b++) {
      sum += weights[b];
    }
    return sum;
  }

  void write(ByteBuffer to) {
    for (double weight : weights) {
      to.putDouble(weight);
    }
  }

  void read(ByteBuffer from) {
    for (int b = 0; b < weights.length; b++) {
      weights[b] = from.getDouble();
    }
  }
}
