package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The distribution of recent raw scores: counts in buckets whose edges grow by 2 %, as in DDSketch
 * (Masson, Rim and Lee 2019). Values are known within 1 %, ranks exactly at the edges, as well in
 * the tail as in the middle. Counts decay like the weights of clusters; histograms of parts add up.
 * Unlike rank-error sketches it is deterministic, so that a restored learner goes on bit for bit.
 */
final class ScoreHistogram {
  private static final byte VERSION = 1;
  private static final double LOWEST = 1e-3;
  private static final double LOG_GROWTH = Math.log(1.02);

  /** Enough for the largest float. */
  private static final int BUCKETS = 2 + (int) (Math.log(Float.MAX_VALUE / LOWEST) / LOG_GROWTH);

  /** A bucket that has decayed below this many events is forgotten. */
  private static final double COUNT_MIN = 1e-3;

  private static final double[] EDGES = edges();

  /** What is left of a float are its exponent and six more bits: steps of 1.6 %. */
  private static final int LEFT_OUT_BITS = 17;

  private static final short[] BUCKET_OF_BITS = bucketOfBits();

  private static final int ROW_BYTES = Short.BYTES + Float.BYTES;

  private final double[] counts = new double[BUCKETS];
  private double total;

  /** Lets all counts shrink. */
  void decay(double factor) {
    if (factor == 1) {
      return;
    }
    double sum = 0;
    for (int b = 0; b < BUCKETS; b++) {
      counts[b] = counts[b] * factor < COUNT_MIN ? 0 : counts[b] * factor;
      sum += counts[b];
    }
    total = sum;
  }

  void add(double raw) {
    addTo(bucket(raw));
  }

  /** Counts a score by its {@link #bucket}. */
  void addTo(int bucket) {
    counts[bucket]++;
    total++;
  }

  /** Adds the counts of another part. */
  void merge(ScoreHistogram other) {
    for (int b = 0; b < BUCKETS; b++) {
      counts[b] += other.counts[b];
    }
    total += other.total;
  }

  /** Decayed number of scores. */
  double total() {
    return total;
  }

  /** The upper edge of the bucket at which this share of the scores is reached. */
  double quantile(double share) {
    double wanted = share * total;
    double held = 0;
    for (int b = 0; b < BUCKETS; b++) {
      held += counts[b];
      if (held >= wanted && held > 0) {
        return upperEdge(b);
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  double count(int bucket) {
    return counts[bucket];
  }

  static int buckets() {
    return BUCKETS;
  }

  static double upperEdge(int bucket) {
    return EDGES[bucket];
  }

  /** A score in the bucket above this upper edge. */
  static double above(double edge) {
    return edge * Math.exp(LOG_GROWTH / 2);
  }

  /** A version byte, then the buckets that are not empty: number (2 bytes) and count (float). */
  byte[] toBytes() {
    int rows = (int) Arrays.stream(counts).filter(c -> c > 0).count();
    ByteBuffer bytes = ByteBuffer.allocate(1 + rows * ROW_BYTES).put(VERSION);
    for (int b = 0; b < BUCKETS; b++) {
      if (counts[b] > 0) {
        bytes.putShort((short) b).putFloat((float) counts[b]);
      }
    }
    return bytes.array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException when the bytes are no histogram
   */
  static ScoreHistogram fromBytes(byte[] bytes) {
    if (bytes.length < 1 || bytes[0] != VERSION || (bytes.length - 1) % ROW_BYTES != 0) {
      throw new IllegalArgumentException("not a score histogram of version " + VERSION);
    }
    ScoreHistogram histogram = new ScoreHistogram();
    ByteBuffer rows = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    int last = -1;
    while (rows.hasRemaining()) {
      int bucket = rows.getShort();
      float count = rows.getFloat();
      if (bucket <= last || bucket >= BUCKETS || !(count > 0) || !Float.isFinite(count)) {
        throw new IllegalArgumentException(
            "score histogram has bucket " + bucket + " with count " + count);
      }
      histogram.counts[bucket] = count;
      histogram.total += count;
      last = bucket;
    }
    return histogram;
  }

  /** Writes the exact counts, for a learner that goes on. */
  void writeTo(DataOutput out) throws IOException {
    int rows = (int) Arrays.stream(counts).filter(c -> c > 0).count();
    out.writeInt(rows);
    for (int b = 0; b < BUCKETS; b++) {
      if (counts[b] > 0) {
        out.writeShort(b);
        out.writeDouble(counts[b]);
      }
    }
    out.writeDouble(total);
  }

  static ScoreHistogram readFrom(DataInput in) throws IOException {
    ScoreHistogram histogram = new ScoreHistogram();
    int rows = in.readInt();
    for (int i = 0; i < rows; i++) {
      histogram.counts[in.readShort()] = in.readDouble();
    }
    histogram.total = in.readDouble();
    return histogram;
  }

  /** The bucket of a score: looked up by its leading bits, then by the edges around. */
  static int bucket(double raw) {
    if (raw < LOWEST) {
      return 0;
    }
    int bucket = BUCKET_OF_BITS[Float.floatToRawIntBits((float) raw) >>> LEFT_OUT_BITS];
    while (bucket < BUCKETS - 1 && raw >= EDGES[bucket]) {
      bucket++;
    }
    while (raw < EDGES[bucket - 1]) {
      bucket--;
    }
    return bucket;
  }

  private static double[] edges() {
    double[] edges = new double[BUCKETS];
    for (int b = 0; b < BUCKETS; b++) {
      edges[b] = LOWEST * Math.exp(b * LOG_GROWTH);
    }
    return edges;
  }

  private static short[] bucketOfBits() {
    short[] buckets =
        new short[(Float.floatToRawIntBits(Float.POSITIVE_INFINITY) >>> LEFT_OUT_BITS) + 1];
    for (int i = 0; i < buckets.length; i++) {
      double lowest = Float.intBitsToFloat(i << LEFT_OUT_BITS);
      double bucket = 1 + Math.log(Math.max(lowest, LOWEST) / LOWEST) / LOG_GROWTH;
      buckets[i] = (short) Math.min(bucket, BUCKETS - 1);
    }
    return buckets;
  }
}
