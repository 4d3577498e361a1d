package io.shoal.jobs;

/** The newest points, a sample on which a model is measured. Part of no state. */
final class RecentPoints {
  private static final int POINTS_MAX = 4_096;

  private final int dimension;
  private final float[] points;
  private int n;
  private int next;

  RecentPoints(int dimension) {
    this.dimension = dimension;
    this.points = new float[POINTS_MAX * dimension];
  }

  /** Takes the last points of a mini-batch, {@code [count * d]}, in place of the oldest. */
  void add(float[] batch, int count) {
    int from = Math.max(0, count - POINTS_MAX);
    while (from < count) {
      int run = Math.min(count - from, POINTS_MAX - next);
      System.arraycopy(batch, from * dimension, points, next * dimension, run * dimension);
      from += run;
      next = (next + run) % POINTS_MAX;
      n = Math.min(POINTS_MAX, n + run);
    }
  }

  /** How many there are. */
  int size() {
    return n;
  }

  /** The points in no order, row-major {@code [n * d]}; not to be changed. */
  float[] points() {
    return points;
  }
}
