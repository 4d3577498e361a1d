package io.shoal.serving;

import io.shoal.features.FeatureSet;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * How far vectors were from what the raw events say, feature by feature, since this instance
 * started. Thread-safe.
 */
public final class SkewReport {
  private final List<String> names;
  private final Sums[] sums;

  /** Of one feature. */
  private static final class Sums {
    final LongAdder checked = new LongAdder();
    final LongAdder mismatches = new LongAdder();
    final LongAdder missing = new LongAdder();
    final DoubleAdder smape = new DoubleAdder();
  }

  /**
   * What was found at one feature.
   *
   * @param feature its name
   * @param checked number of values that were compared
   * @param mismatch share of them that were wrong
   * @param missing share of them that should have been there and were not
   * @param smape mean of {@code 2 |a - b| / (|a| + |b|)}, from 0 to 2
   */
  record Line(String feature, long checked, double mismatch, double missing, double smape) {}

  /** A report without findings. */
  public SkewReport(FeatureSet features) {
    names = features.names();
    sums = new Sums[names.size()];
    for (int f = 0; f < sums.length; f++) {
      sums[f] = new Sums();
    }
  }

  void compared(int feature, boolean mismatch, boolean missing, double smape) {
    Sums sum = sums[feature];
    sum.checked.increment();
    sum.smape.add(smape);
    if (mismatch) {
      sum.mismatches.increment();
    }
    if (missing) {
      sum.missing.increment();
    }
  }

  /** All features in the order of the vector; shares are 0 where nothing was compared. */
  List<Line> lines() {
    return IntStream.range(0, sums.length).mapToObj(this::line).toList();
  }

  private Line line(int feature) {
    Sums sum = sums[feature];
    long checked = sum.checked.sum();
    double n = Math.max(1, checked);
    return new Line(
        names.get(feature),
        checked,
        sum.mismatches.sum() / n,
        sum.missing.sum() / n,
        sum.smape.sum() / n);
  }
}
