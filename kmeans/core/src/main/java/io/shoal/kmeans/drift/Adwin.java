package io.shoal.kmeans.drift;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * An adaptive window over a stream of values in [0, 1] (ADWIN2, Bifet and Gavaldà 2007): it grows
 * while its mean stands, and drops its older part when the means of two parts differ by more than
 * chance allows. With {@code n0} and {@code n1} values in the parts, {@code m} their harmonic sum
 * {@code 1 / (1/n0 + 1/n1)}, {@code v} the window's variance and {@code d = delta / ln n}, chance
 * allows
 *
 * <pre>{@code sqrt(2/m v ln(2/d)) + 2/(3m) ln(2/d)}</pre>
 *
 * <p>Values come in blocks (mini-batches), and parts are only cut between blocks: that looks at
 * fewer cuts than the paper, so the bound on false alarms, {@code delta}, holds as well. Memory is
 * an exponential histogram of blocks: {@value #ROWS} rows of {@value #ROW_BUCKETS} buckets, in
 * which a bucket of row r holds 2^r blocks; past that the oldest is forgotten.
 */
public final class Adwin {
  private static final int ROWS = 24;

  /** M of the paper, and one that makes two of them become one of the next row. */
  private static final int ROW_BUCKETS = 6;

  /** Fewest values of a part that is compared. */
  private static final long PART_MIN = 32;

  private final double delta;
  private final double changeMin;

  // Bucket b of row r, the oldest first, stands at r * ROW_BUCKETS + b.
  private final long[] counts = new long[ROWS * ROW_BUCKETS];
  private final double[] sums = new double[ROWS * ROW_BUCKETS];
  private final double[] squares = new double[ROWS * ROW_BUCKETS];
  private final int[] sizes = new int[ROWS];
  private long count;
  private double sum;
  private double square;
  private double meanBefore;

  /** Mean of the older part at the cut that was found last. */
  private double cutMean;

  /**
   * @param delta bound on the probability of a false alarm, in (0, 1)
   * @param changeMin smallest rise of the mean that is worth an alarm, however certain
   */
  public Adwin(double delta, double changeMin) {
    if (!(delta > 0 && delta < 1) || !(changeMin >= 0)) {
      throw new IllegalArgumentException(
          "delta " + delta + " must lie in (0, 1), the change " + changeMin + " not below 0");
    }
    this.delta = delta;
    this.changeMin = changeMin;
  }

  /**
   * Takes a block of values.
   *
   * @param n how many, at least 1
   * @param valueSum their sum
   * @param squareSum the sum of their squares
   * @return whether the mean rose: the part before the rise is forgotten then
   */
  public boolean add(int n, double valueSum, double squareSum) {
    append(0, n, valueSum, squareSum);
    count += n;
    sum += valueSum;
    square += squareSum;
    compress();
    return shrink();
  }

  /** Values in the window. */
  public long count() {
    return count;
  }

  /** Their mean; 0 without values. */
  public double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** Mean of the part that the last alarm forgot. */
  public double meanBefore() {
    return meanBefore;
  }

  private void append(int row, long n, double valueSum, double squareSum) {
    int at = row * ROW_BUCKETS + sizes[row]++;
    counts[at] = n;
    sums[at] = valueSum;
    squares[at] = squareSum;
  }

  /** Two of a full row become one of the next; from the last row the oldest goes. */
  private void compress() {
    for (int row = 0; row < ROWS && sizes[row] == ROW_BUCKETS; row++) {
      int at = row * ROW_BUCKETS;
      if (row == ROWS - 1) {
        dropOldest(row);
      } else {
        long n = counts[at] + counts[at + 1];
        double valueSum = sums[at] + sums[at + 1];
        double squareSum = squares[at] + squares[at + 1];
        removeFirst(row);
        removeFirst(row);
        append(row + 1, n, valueSum, squareSum);
      }
    }
  }

  /** Forgets what is older than a change; returns whether the change was a rise to tell of. */
  private boolean shrink() {
    double before = mean();
    double rise = 0;
    double change = greatestChange();
    while (change != 0) {
      if (rise == 0) {
        before = cutMean;
      }
      rise = Math.max(rise, change);
      dropOldest(oldestRow());
      change = greatestChange();
    }
    if (rise > changeMin) {
      meanBefore = before;
      return true;
    }
    return false;
  }

  /**
   * The newer mean less the older one, at the cut where this is most of those where it is more than
   * chance; 0 where there is no such cut.
   */
  private double greatestChange() {
    double log = Math.log(2 * Math.log(Math.max((double) count, 3.0)) / delta);
    double variance = Math.max(0, square / count - mean() * mean());
    double greatest = 0;
    long olderCount = 0;
    double olderSum = 0;
    for (int row = ROWS - 1; row >= 0; row--) {
      for (int at = row * ROW_BUCKETS; at < row * ROW_BUCKETS + sizes[row]; at++) {
        olderCount += counts[at];
        olderSum += sums[at];
        long newerCount = count - olderCount;
        if (olderCount < PART_MIN || newerCount < PART_MIN) {
          continue;
        }
        double m = 1 / (1.0 / olderCount + 1.0 / newerCount);
        double chance = Math.sqrt(2 / m * variance * log) + 2 / (3 * m) * log;
        double change = (sum - olderSum) / newerCount - olderSum / olderCount;
        if (Math.abs(change) > chance && Math.abs(change) > Math.abs(greatest)) {
          greatest = change;
          cutMean = olderSum / olderCount;
        }
      }
    }
    return greatest;
  }

  private int oldestRow() {
    int row = ROWS - 1;
    while (sizes[row] == 0) {
      row--;
    }
    return row;
  }

  private void dropOldest(int row) {
    int at = row * ROW_BUCKETS;
    count -= counts[at];
    sum -= sums[at];
    square -= squares[at];
    removeFirst(row);
  }

  private void removeFirst(int row) {
    int at = row * ROW_BUCKETS;
    int left = --sizes[row];
    System.arraycopy(counts, at + 1, counts, at, left);
    System.arraycopy(sums, at + 1, sums, at, left);
    System.arraycopy(squares, at + 1, squares, at, left);
  }

  void writeTo(DataOutput out) throws IOException {
    for (int row = 0; row < ROWS; row++) {
      out.writeByte(sizes[row]);
      for (int at = row * ROW_BUCKETS; at < row * ROW_BUCKETS + sizes[row]; at++) {
        out.writeLong(counts[at]);
        out.writeDouble(sums[at]);
        out.writeDouble(squares[at]);
      }
    }
    out.writeLong(count);
    out.writeDouble(sum);
    out.writeDouble(square);
    out.writeDouble(meanBefore);
  }

  void readFrom(DataInput in) throws IOException {
    for (int row = 0; row < ROWS; row++) {
      int size = in.readByte();
      if (size < 0 || size >= ROW_BUCKETS) {
        throw new IOException("a window with a row of " + size + " buckets");
      }
      sizes[row] = size;
      for (int at = row * ROW_BUCKETS; at < row * ROW_BUCKETS + size; at++) {
        counts[at] = in.readLong();
        sums[at] = in.readDouble();
        squares[at] = in.readDouble();
      }
    }
    count = in.readLong();
    sum = in.readDouble();
    square = in.readDouble();
    meanBefore = in.readDouble();
  }
}
