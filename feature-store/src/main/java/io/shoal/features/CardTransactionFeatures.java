package io.shoal.features;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The definitions behind {@link FeatureSet#cardTransactions}. */
final class CardTransactionFeatures {
  private static final Duration HOP = Duration.ofHours(1);
  private static final int[] WINDOW_DAYS = {1, 7, 30};
  private static final int LABEL_DELAY_DAYS = 7;
  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private static final long HOUR_MS = Duration.ofHours(1).toMillis();
  private static final long LABEL_DELAY_MS = LABEL_DELAY_DAYS * DAY_MS;

  /** Amounts below a cent count as one where they are a divisor or under a logarithm. */
  private static final double SMALLEST_AMOUNT = 0.01;

  /** Of counts and amounts. */
  private static final float UNIT = 1;

  /** Of ratios and their logarithms. */
  private static final float TENTH = 0.1f;

  /** Of shares. */
  private static final float HUNDREDTH = 0.01f;

  static final FeatureSet SET = create();

  private CardTransactionFeatures() {}

  private static FeatureSet create() {
    List<Feature> features = new ArrayList<>();
    features.add(new Feature("amount", "amount", UNIT, (t, amount, c, m) -> amount));
    features.add(amountToCustomerMean());
    for (int days : WINDOW_DAYS) {
      features.add(customerCount(days));
    }
    for (int days : WINDOW_DAYS) {
      features.add(customerMean(days));
    }
    features.add(
        new Feature("weekend", "day_of_week(UTC) in 6..7", TENTH, (t, a, c, m) -> weekend(t)));
    features.add(new Feature("night", "hour(UTC) in 0..6", TENTH, (t, a, c, m) -> night(t)));
    for (int days : WINDOW_DAYS) {
      features.add(terminalCount(days));
    }
    for (int days : WINDOW_DAYS) {
      features.add(terminalFraudRate(days));
    }
    features.add(customerMeanTrend());
    Duration longest = Duration.ofDays(WINDOW_DAYS[WINDOW_DAYS.length - 1]);
    return new FeatureSet(
        "card-transactions",
        HOP,
        longest,
        longest.plusDays(LABEL_DELAY_DAYS),
        features,
        List.of(
            "amount",
            "amount_to_customer_mean_30d",
            "customer_mean_7d_to_30d",
            "terminal_fraud_rate_1d",
            "terminal_fraud_rate_7d",
            "terminal_fraud_rate_30d"));
  }

  private static Feature amountToCustomerMean() {
    return new Feature(
        "amount_to_customer_mean_30d",
        "ln(max(amount, 0.01) / max(mean(customer, 30d), 0.01))",
        TENTH,
        (t, amount, customer, m) ->
            Math.log(atLeastSmallest(amount) / atLeastSmallest(mean(customer, t, 30 * DAY_MS))));
  }

  private static Feature customerCount(int days) {
    long windowMs = days * DAY_MS;
    return new Feature(
        "customer_count_" + days + "d",
        "count(customer, " + days + "d)",
        UNIT,
        (t, a, customer, m) -> customer.count(t, windowMs, 0));
  }

  private static Feature customerMean(int days) {
    long windowMs = days * DAY_MS;
    return new Feature(
        "customer_mean_" + days + "d",
        "mean(customer, " + days + "d)",
        UNIT,
        (t, a, customer, m) -> mean(customer, t, windowMs));
  }

  private static Feature customerMeanTrend() {
    return new Feature(
        "customer_mean_7d_to_30d",
        "max(mean(customer, 7d), 0.01) / max(mean(customer, 30d), 0.01)",
        TENTH,
        (t, a, customer, m) ->
            atLeastSmallest(mean(customer, t, 7 * DAY_MS))
                / atLeastSmallest(mean(customer, t, 30 * DAY_MS)));
  }

  private static Feature terminalCount(int days) {
    long windowMs = days * DAY_MS;
    return new Feature(
        "terminal_count_" + days + "d",
        "count(terminal, " + days + "d, delay 7d)",
        UNIT,
        (t, a, c, terminal) -> terminal.count(t, windowMs, LABEL_DELAY_MS));
  }

  private static Feature terminalFraudRate(int days) {
    long windowMs = days * DAY_MS;
    return new Feature(
        "terminal_fraud_rate_" + days + "d",
        "frauds(terminal, " + days + "d, delay 7d) / count(terminal, " + days + "d, delay 7d)",
        HUNDREDTH,
        (t, a, c, terminal) -> {
          long count = terminal.count(t, windowMs, LABEL_DELAY_MS);
          return count == 0 ? 0 : (double) terminal.frauds(t, windowMs, LABEL_DELAY_MS) / count;
        });
  }

  private static double mean(WindowState state, long asOfMs, long windowMs) {
    long count = state.count(asOfMs, windowMs, 0);
    return count == 0 ? 0 : state.sum(asOfMs, windowMs, 0) / count;
  }

  private static double atLeastSmallest(double amount) {
    return Math.max(amount, SMALLEST_AMOUNT);
  }

  private static double weekend(long timeMs) {
    // Day 0 of the epoch was a Thursday; counted from Monday, Saturday is 5.
    return Math.floorMod(Math.floorDiv(timeMs, DAY_MS) + 3, 7) >= 5 ? 1 : 0;
  }

  private static double night(long timeMs) {
    return Math.floorMod(timeMs, DAY_MS) < 7 * HOUR_MS ? 1 : 0;
  }
}
