package io.shoal.console.store;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Counts per bin, as they are kept in a column. */
public final class Bins {
  /** Bins of scores: quarters of an octave of {@code 1 - score}, the last from 1 - 2^-16 on. */
  public static final int SCORES = 65;

  /** Bins of latencies: quarters of an octave from 1 ms on, the last from some minutes on. */
  public static final int LATENCIES = 80;

  private static final double PER_OCTAVE = 4;

  private final long[] counts;

  /** So many bins, empty. */
  public Bins(int bins) {
    counts = new long[bins];
  }

  private Bins(long[] counts) {
    this.counts = counts;
  }

  /** The bin of a score in [0, 1]; higher scores have higher bins. */
  public static int ofScore(double score) {
    return bin(1 / Math.max(1 - score, Double.MIN_NORMAL), SCORES);
  }

  /** The bin of a latency. */
  public static int ofLatency(double ms) {
    return bin(Math.max(ms, 1), LATENCIES);
  }

  private static int bin(double value, int bins) {
    return (int) Math.min(PER_OCTAVE * Math.log(value) / Math.log(2), bins - 1);
  }

  /** Counts one more in a bin. */
  public void add(int bin) {
    counts[bin]++;
  }

  /** Adds all of another one. */
  public void add(Bins other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  /** Counts, a copy. */
  public long[] counts() {
    return counts.clone();
  }

  /** Sum of all bins. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /**
   * The latency below which this share lies, within a bin as if evenly spread.
   *
   * @param share in [0, 1]
   * @return milliseconds; NaN when nothing was counted
   */
  public double latencyQuantile(double share) {
    double rank = share * total();
    double below = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        return Math.pow(2, (i + (rank - below) / counts[i]) / PER_OCTAVE);
      }
      below += counts[i];
    }
    return Double.NaN;
  }

  /**
   * Probability that one of the first has a higher score than one of the others, ties by half (area
   * under the ROC curve); NaN without both kinds.
   */
  public static double auc(Bins odd, Bins all) {
    double others = 0;
    double wins = 0;
    for (int i = 0; i < odd.counts.length; i++) {
      double rest = Math.max(all.counts[i] - odd.counts[i], 0);
      wins += odd.counts[i] * (others + rest / 2);
      others += rest;
    }
    return wins / (odd.total() * others);
  }

  /** As it is kept. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(counts.length * Long.BYTES);
    bytes.asLongBuffer().put(counts);
    return bytes.array();
  }

  /** What {@link #toBytes} gave; null for empty ones. */
  public static Bins of(byte @Nullable [] bytes, int bins) {
    long[] counts = new long[bins];
    if (bytes != null) {
      ByteBuffer.wrap(bytes).asLongBuffer().get(counts);
    }
    return new Bins(counts);
  }
}
