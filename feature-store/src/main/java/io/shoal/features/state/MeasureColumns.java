package io.shoal.features.state;

import java.util.Arrays;

/** The columns of one measure: a number for each bucket of what is kept of it. */
final class MeasureColumns {
  private static final double[] NONE = {};

  private final StateLayout.Measure measure;
  private int[] missing;
  private double[] sums;
  private double[] deviations;
  private double[] mins;
  private double[] maxs;

  MeasureColumns(StateLayout.Measure measure, int capacity) {
    this.measure = measure;
    missing = new int[capacity];
    sums = measure.sum() ? new double[capacity] : NONE;
    deviations = measure.deviations() ? new double[capacity] : NONE;
    mins = measure.min() ? new double[capacity] : NONE;
    maxs = measure.max() ? new double[capacity] : NONE;
  }

  void clear(int i) {
    missing[i] = 0;
    if (measure.sum()) {
      sums[i] = 0;
    }
    if (measure.deviations()) {
      deviations[i] = 0;
    }
    if (measure.min()) {
      mins[i] = 0;
    }
    if (measure.max()) {
      maxs[i] = 0;
    }
  }

  /** Adds a number to a bucket that held {@code count} events. */
  void add(int i, int count, double x) {
    if (Double.isNaN(x)) {
      missing[i]++;
      return;
    }
    int present = count - missing[i];
    if (measure.deviations() && present > 0) {
      // Welford's update (1962), from the sum: it does not cancel as a sum of squares would.
      double distance = x - sums[i] / present;
      deviations[i] = finite(deviations[i] + distance * distance * present / (present + 1));
    }
    if (measure.sum()) {
      sums[i] = plus(sums[i], x);
    }
    if (measure.min()) {
      mins[i] = present == 0 ? x : Math.min(mins[i], x);
    }
    if (measure.max()) {
      maxs[i] = present == 0 ? x : Math.max(maxs[i], x);
    }
  }

  /** Number of events in these buckets where the measure was there. */
  long present(int[] counts, int from, int to) {
    long total = 0;
    for (int i = from; i < to; i++) {
      total += counts[i] - missing[i];
    }
    return total;
  }

  double sum(int from, int to) {
    double total = 0;
    for (int i = from; i < to; i++) {
      total += sums[i];
    }
    return finite(total);
  }

  /** Standard deviation of the population, merged pairwise (Chan, Golub, LeVeque 1979). */
  double std(int[] counts, int from, int to) {
    long n = 0;
    double mean = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      int m = counts[i] - missing[i];
      if (m > 0) {
        double distance = sums[i] / m - mean;
        squares += deviations[i] + distance * distance * n * m / (n + m);
        mean += distance * m / (n + m);
        n += m;
      }
    }
    return n == 0 ? Double.NaN : Math.sqrt(finite(squares) / n);
  }

  double min(int[] counts, int from, int to) {
    double min = Double.NaN;
    for (int i = from; i < to; i++) {
      if (counts[i] > missing[i] && !(mins[i] >= min)) {
        min = mins[i];
      }
    }
    return min;
  }

  double max(int[] counts, int from, int to) {
    double max = Double.NaN;
    for (int i = from; i < to; i++) {
      if (counts[i] > missing[i] && !(maxs[i] <= max)) {
        max = maxs[i];
      }
    }
    return max;
  }

  boolean hasMissing(int i) {
    return missing[i] > 0;
  }

  void write(int i, boolean withMissing, VarintBuffer out) {
    if (withMissing) {
      out.writeUnsigned(missing[i]);
    }
    if (measure.sum()) {
      out.writeNumber(sums[i]);
    }
    if (measure.deviations()) {
      out.writeNumber(deviations[i]);
    }
    if (measure.min()) {
      out.writeNumber(mins[i]);
    }
    if (measure.max()) {
      out.writeNumber(maxs[i]);
    }
  }

  void read(int i, int count, boolean withMissing, VarintBuffer in) {
    long absent = withMissing ? in.readUnsigned() : 0;
    if (absent < 0 || absent > count) {
      throw new CorruptStateException(
          "%d of %d events lack a number at byte %d".formatted(absent, count, in.position()));
    }
    missing[i] = (int) absent;
    if (measure.sum()) {
      sums[i] = in.readNumber();
    }
    if (measure.deviations()) {
      deviations[i] = in.readNumber();
    }
    if (measure.min()) {
      mins[i] = in.readNumber();
    }
    if (measure.max()) {
      maxs[i] = in.readNumber();
    }
  }

  /**
   * Reads a sum in hundredths, which no event lacks, where nothing but sums is kept.
   *
   * @param word begins with it
   * @param length of it in bytes, at most 6: more hundredths than a number may have need more
   * @return false when it is something else
   */
  boolean readHundredths(int i, long word, int length) {
    long tagged = VarintBuffer.number(word, length);
    missing[i] = 0;
    sums[i] = VarintBuffer.ofHundredths(tagged);
    return VarintBuffer.isHundredths(tagged);
  }

  void move(int from, int to, int length) {
    System.arraycopy(missing, from, missing, to, length);
    move(sums, from, to, length);
    move(deviations, from, to, length);
    move(mins, from, to, length);
    move(maxs, from, to, length);
  }

  private static void move(double[] column, int from, int to, int length) {
    if (column.length > 0) {
      System.arraycopy(column, from, column, to, length);
    }
  }

  void grow(int capacity) {
    missing = Arrays.copyOf(missing, capacity);
    sums = grown(sums, capacity);
    deviations = grown(deviations, capacity);
    mins = grown(mins, capacity);
    maxs = grown(maxs, capacity);
  }

  private static double[] grown(double[] column, int capacity) {
    return column.length == 0 ? column : Arrays.copyOf(column, capacity);
  }

  /**
   * Adds and takes the nearest number of hundredths where that is what the addition's rounding
   * missed, so that sums of money stay short on disk and do not depend on the order of events.
   */
  private static double plus(double sum, double amount) {
    double plain = finite(sum + amount);
    double decimal = Math.rint(plain * 100) / 100;
    return Math.abs(plain - decimal) <= 2 * Math.ulp(plain) ? decimal : plain;
  }

  private static double finite(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }
}
