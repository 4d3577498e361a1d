package io.shoal.serving;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The thresholds of the partitions that this instance scores: each has its own {@link ReviewMeter},
 * requests and people see their mean. Thread-safe, without a lock on the scoring path.
 */
final class ReviewBoard implements Supplier<ReviewPolicy> {
  private final ReviewPolicy fixed;
  private final int alertsPerDay;
  private final Map<Integer, ReviewMeter> meters = new ConcurrentHashMap<>();
  private volatile int partitions = 1;

  /**
   * @param alertsPerDay 0 where the fixed thresholds hold
   */
  ReviewBoard(ReviewPolicy fixed, int alertsPerDay) {
    this.fixed = fixed;
    this.alertsPerDay = alertsPerDay;
  }

  /** Says how many partitions share the alerts. */
  void partitions(int count) {
    partitions = count;
  }

  /** Whether the thresholds follow a number of alerts. */
  boolean follows() {
    return alertsPerDay > 0;
  }

  /** A new meter for a partition, in place of one of before. */
  ReviewMeter open(int partition) {
    ReviewMeter meter = new ReviewMeter(fixed, alertsPerDay, () -> partitions);
    meters.put(partition, meter);
    return meter;
  }

  /** The partition is scored elsewhere from now on. */
  void close(int partition, ReviewMeter meter) {
    meters.remove(partition, meter);
  }

  /** Mean thresholds of this instance. */
  @Override
  public ReviewPolicy get() {
    return alertsPerDay == 0
        ? fixed
        : new ReviewPolicy(
            mean(meter -> meter.get().share(), fixed.share()),
            mean(meter -> meter.get().risk(), fixed.risk()));
  }

  /** Reviews a day of all partitions of this instance, of late. */
  double reviewsPerDay() {
    return meters.values().stream().mapToDouble(ReviewMeter::reviewsPerDay).sum();
  }

  private double mean(ToDoubleFunction<ReviewMeter> value, double none) {
    Collection<ReviewMeter> all = meters.values();
    return all.stream().mapToDouble(value).average().orElse(none);
  }
}
