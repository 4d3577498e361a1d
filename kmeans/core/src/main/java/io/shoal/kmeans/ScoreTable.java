package io.shoal.kmeans;

import java.util.Arrays;

/**
 * Turns a raw score into its percentile: a flat table of the histogram's edges and ranks, linear in
 * between. Beyond both ends it goes on hyperbolically, so that the percentile stays strictly
 * monotone and even extreme points are ranked among each other.
 */
final class ScoreTable {
  private final double[] edges;
  private final double[] ranks;

  /** Row of the first edge at or above that of a bucket, {@code [buckets]}. */
  private final short[] rowOfBucket = new short[ScoreHistogram.buckets()];

  private final double tailScale;

  /**
   * A table of this histogram.
   *
   * @throws IllegalArgumentException when the histogram is empty
   */
  ScoreTable(ScoreHistogram histogram) {
    if (!(histogram.total() > 0)) {
      throw new IllegalArgumentException("the score histogram is empty");
    }
    double[] edge = new double[ScoreHistogram.buckets()];
    double[] rank = new double[ScoreHistogram.buckets()];
    int rows = 0;
    double held = 0;
    for (int b = 0; b < ScoreHistogram.buckets(); b++) {
      rowOfBucket[b] = (short) rows;
      if (histogram.count(b) > 0) {
        held += histogram.count(b);
        edge[rows] = ScoreHistogram.upperEdge(b);
        // One event more than were seen: the largest score seen is not the largest there is.
        rank[rows] = held / (histogram.total() + 1);
        rows++;
      }
    }
    edges = Arrays.copyOf(edge, rows);
    ranks = Arrays.copyOf(rank, rows);
    tailScale = Math.max(histogram.quantile(0.99) - histogram.quantile(0.9), 1e-6);
  }

  /** Raw scores at which the percentile is known, ascending; a copy. */
  double[] edges() {
    return edges.clone();
  }

  /** The percentiles there; a copy. */
  double[] ranks() {
    return ranks.clone();
  }

  /** The raw score by which a tail halves. */
  double tailScale() {
    return tailScale;
  }

  /** Percentile of a raw score, in (0, 1). */
  double rank(double raw) {
    int last = edges.length - 1;
    if (raw >= edges[last]) {
      double beyond = (1 - ranks[last]) / (1 + (raw - edges[last]) / tailScale);
      return Math.min(1 - beyond, Math.nextDown(1.0));
    }
    if (raw <= edges[0]) {
      return ranks[0] / (1 + (edges[0] - raw) / tailScale);
    }
    int right = row(raw);
    double part = (raw - edges[right - 1]) / (edges[right] - edges[right - 1]);
    return ranks[right - 1] + part * (ranks[right] - ranks[right - 1]);
  }

  /** The first row whose edge is not below a score between the first edge and the last. */
  private int row(double raw) {
    int row = rowOfBucket[ScoreHistogram.bucket(raw)];
    // A score on an edge lies in the bucket above it.
    return edges[row - 1] >= raw ? row - 1 : row;
  }
}
