package io.shoal.features.state;

import java.time.Duration;
import java.util.List;

/** Windows over amounts, as one entity keeps them. */
final class MoneyWindows {
  private final double[] amount = new double[1];
  private final EntityState state;

  /** What is kept of the events of a hop, beside their number. */
  enum Kept {
    NOTHING,
    SUM,
    ALL;

    private List<StateLayout.Measure> measures() {
      return switch (this) {
        case NOTHING -> List.of();
        case SUM -> List.of(new StateLayout.Measure(0, true, false, false, false));
        case ALL -> List.of(new StateLayout.Measure(0, true, true, true, true));
      };
    }
  }

  MoneyWindows(Duration hop, Duration reach) {
    this(hop, reach, Kept.ALL);
  }

  MoneyWindows(Duration hop, Duration reach, Kept kept) {
    state =
        new EntityState(
            new StateLayout(
                (int) hop.toSeconds(),
                false,
                List.of(
                    new StateLayout.Group(
                        hop.toMillis(), reach.toMillis(), true, kept.measures(), List.of()))));
  }

  void read(byte[] bytes) {
    state.read(bytes);
  }

  byte[] toBytes() {
    return state.toBytes();
  }

  boolean add(long eventTimeMs, double value) {
    amount[0] = value;
    return state.add(eventTimeMs, amount, new long[0]);
  }

  boolean addFraud(long eventTimeMs) {
    return state.addFraud(eventTimeMs);
  }

  WindowGroup window(long asOfMs, long windowMs, long delayMs) {
    state.group(0).select(asOfMs, windowMs, delayMs);
    return state.group(0);
  }

  long count(long asOfMs, long windowMs, long delayMs) {
    return window(asOfMs, windowMs, delayMs).count();
  }

  long frauds(long asOfMs, long windowMs, long delayMs) {
    return window(asOfMs, windowMs, delayMs).frauds();
  }

  double sum(long asOfMs, long windowMs, long delayMs) {
    return window(asOfMs, windowMs, delayMs).sum(0);
  }
}
