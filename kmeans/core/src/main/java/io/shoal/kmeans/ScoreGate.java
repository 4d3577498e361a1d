package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Counts raw scores, and decides by them what is learned from: points past the learnable percentile
 * wait in quarantine, unless they have become so many that they are the new normal.
 */
final class ScoreGate {
  /** Before this many scores a percentile is a guess, and nothing is refused. */
  private static final double GUARD_SCORES_MIN = 5_000;

  /** Events over which what is told of traffic is averaged. */
  static final double AVERAGE_EVENTS = 20_000;

  private final double learnablePercentile;

  /** From this share of refused points on, they are no outliers. */
  private final double driftShare;

  private final int d;
  private final Quarantine quarantine;
  private ScoreHistogram scores = new ScoreHistogram();

  /** The scores without the extremes of refused points, which else would make room for more. */
  private ScoreHistogram guard = new ScoreHistogram();

  private long refused;
  private double refusedShare;

  ScoreGate(MiniBatchKMeansParameters parameters) {
    this.learnablePercentile = parameters.learnablePercentile();
    this.driftShare = parameters.driftFactor() * (1 - learnablePercentile);
    this.d = parameters.dimension();
    this.quarantine = new Quarantine(d);
  }

  /** Goes on from a model's scores. */
  void start(byte[] scoreSketch) {
    scores = ScoreHistogram.fromBytes(scoreSketch);
    guard = ScoreHistogram.fromBytes(scoreSketch);
  }

  /** Counts the first {@code n} scores; refuses none. */
  void start(double[] raws, int n) {
    for (int i = 0; i < n; i++) {
      scores.add(raws[i]);
      guard.add(raws[i]);
    }
  }

  /** All scores, those of refused points too. */
  ScoreHistogram scores() {
    return scores;
  }

  /** Points refused so far. */
  long refused() {
    return refused;
  }

  /** Their decayed share of traffic, in [0, 1]. */
  double refusedShare() {
    return refusedShare;
  }

  /** Points that wait for a label or for drift. */
  int quarantined() {
    return quarantine.size();
  }

  /** Whether too many points are refused for outliers. */
  boolean drifts() {
    return refusedShare > driftShare;
  }

  /** Takes out a point that equals this one; returns whether there was one. */
  boolean release(float[] x) {
    return quarantine.remove(x);
  }

  /** Takes all points out, {@code [quarantined * d]}. */
  float[] releaseAll() {
    return quarantine.drain();
  }

  void decay(double decay) {
    scores.decay(decay);
    guard.decay(decay);
  }

  /**
   * Counts the scores of a batch, and gives points that are too odd to learn from the id -1.
   *
   * @param points {@code [n * d]}, in feature units
   * @param raws {@code [n]}
   * @param ids {@code [n]}
   * @param drift whether odd points are learned from all the same
   */
  void pass(float[] points, int n, double[] raws, int[] ids, boolean drift) {
    boolean guarded = learnablePercentile < 1 && guard.total() >= GUARD_SCORES_MIN;
    double cut = guarded ? guard.quantile(learnablePercentile) : Double.POSITIVE_INFINITY;
    int extreme =
        ScoreHistogram.bucket(drift ? Double.POSITIVE_INFINITY : ScoreHistogram.above(cut));
    int past = 0;
    for (int i = 0; i < n; i++) {
      int bucket = ScoreHistogram.bucket(raws[i]);
      scores.addTo(bucket);
      guard.addTo(Math.min(bucket, extreme));
      if (raws[i] > cut) {
        past++;
        if (!drift) {
          ids[i] = -1;
          quarantine.add(points, i * d);
          refused++;
        }
      }
    }
    double old = Math.exp(-n / AVERAGE_EVENTS);
    refusedShare = old * refusedShare + (1 - old) * past / n;
  }

  /** The counts, which stand apart from the rest in a learner's state. */
  void writeCountsTo(DataOutput out) throws IOException {
    out.writeLong(refused);
    out.writeDouble(refusedShare);
  }

  void readCountsFrom(DataInput in) throws IOException {
    refused = in.readLong();
    refusedShare = in.readDouble();
  }

  void writeTo(DataOutput out) throws IOException {
    scores.writeTo(out);
    quarantine.writeTo(out);
    guard.writeTo(out);
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @param version of the learner's state: 1 had no quarantine, 2 no guard, up to 4 scores were of
   *     another kind, by which nothing is refused
   */
  void readFrom(DataInput in, int version) throws IOException {
    scores = ScoreHistogram.readFrom(in);
    if (version > 1) {
      quarantine.readFrom(in);
    }
    if (version > 2) {
      guard = ScoreHistogram.readFrom(in);
    }
    if (version < 5) {
      guard = new ScoreHistogram();
    }
  }
}
