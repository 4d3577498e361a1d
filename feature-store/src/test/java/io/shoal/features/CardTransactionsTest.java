package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.state.EntityState;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardTransactionsTest {
  /** A Wednesday. */
  private static final long NOON = Instant.parse("2018-08-01T12:00:00Z").toEpochMilli();

  private static final long[] NONE = {};
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final FeatureSet features = FeatureSet.cardTransactions();
  private final Vectorizer vectorizer = features.newVectorizer();
  private final EntityState customer = vectorizer.state(0);
  private final EntityState terminal = vectorizer.state(1);
  private final Event event = features.newEvent();
  private final float[] vector = new float[features.dimension()];

  @Test
  void shouldKeepItsOrder() {
    assertThat(features.names())
        .containsExactly(
            "amount",
            "amount_to_customer_mean_30d",
            "customer_count_1d",
            "customer_count_7d",
            "customer_count_30d",
            "customer_mean_1d",
            "customer_mean_7d",
            "customer_mean_30d",
            "weekend",
            "night",
            "terminal_count_1d",
            "terminal_count_7d",
            "terminal_count_30d",
            "terminal_fraud_rate_1d",
            "terminal_fraud_rate_7d",
            "terminal_fraud_rate_30d",
            "customer_mean_7d_to_30d");
    assertThat(features.dimension()).isEqualTo(17);
  }

  @Test
  void shouldSayWhatDifferenceMeansNothing() {
    assertThat(features.resolutionsOf(List.of("terminal_fraud_rate_7d", "amount")))
        .containsExactly(0.01f, 1f);
    assertThat(features.resolutionsOf(features.names())).allMatch(r -> r > 0);
  }

  /** Changes only together with what the features mean; stored vectors and models carry it. */
  @Test
  void shouldKeepItsFingerprint() {
    assertThat(features.fingerprint()).isEqualTo("64725093e6721376");
  }

  @Test
  void shouldFindFeaturesByName() {
    assertThat(features.indexesOf(features.modelFeatures())).containsExactly(0, 1, 16, 13, 14, 15);
    assertThat(features.indexesOf(List.of())).isEmpty();
    assertThatThrownBy(() -> features.indexesOf(List.of("amount", "ammount")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'ammount'")
        .hasMessageContaining("amount, amount_to_customer_mean_30d, ");
  }

  @Test
  void shouldIncludeTheTransactionItselfInItsCustomersWindows() {
    compute(NOON, 40);

    assertThat(value("amount")).isEqualTo(40);
    assertThat(value("amount_to_customer_mean_30d")).isEqualTo(1);
    assertThat(value("customer_count_1d")).isEqualTo(1);
    assertThat(value("customer_mean_30d")).isEqualTo(40);
    assertThat(value("customer_mean_7d_to_30d")).isEqualTo(1);
    assertThat(value("terminal_count_30d")).isZero();
    assertThat(value("terminal_fraud_rate_30d")).isZero();
  }

  @Test
  void shouldSpanOneSevenAndThirtyDaysOfACustomer() {
    customer.add(NOON - 31 * DAY, new double[] {1_000}, NONE);
    customer.add(NOON - 20 * DAY, new double[] {100}, NONE);
    customer.add(NOON - 5 * DAY, new double[] {30}, NONE);
    customer.add(NOON - DAY / 2, new double[] {20}, NONE);
    compute(NOON, 10);

    assertThat(value("customer_count_1d")).isEqualTo(2);
    assertThat(value("customer_count_7d")).isEqualTo(3);
    assertThat(value("customer_count_30d")).isEqualTo(4);
    assertThat(value("customer_mean_1d")).isEqualTo(15);
    assertThat(value("customer_mean_7d")).isEqualTo(20);
    assertThat(value("customer_mean_30d")).isEqualTo(40);
    assertThat(value("amount_to_customer_mean_30d")).isEqualTo(0.25f);
    assertThat(value("customer_mean_7d_to_30d")).isEqualTo(0.5f);
  }

  @Test
  void shouldEndATerminalsWindowsSevenDaysAgo() {
    for (double daysAgo : new double[] {37.5, 20, 10, 7.5, 6.9, 0.5}) {
      terminal.add(NOON - (long) (daysAgo * DAY), new double[0], NONE);
      terminal.addFraud(NOON - (long) (daysAgo * DAY));
    }
    terminal.add(NOON - 10 * DAY, new double[0], NONE);
    terminal.add(NOON - 20 * DAY, new double[0], NONE);
    terminal.add(NOON - 21 * DAY, new double[0], NONE);
    compute(NOON, 10);

    assertThat(value("terminal_count_1d")).isEqualTo(1);
    assertThat(value("terminal_count_7d")).isEqualTo(3);
    assertThat(value("terminal_count_30d")).isEqualTo(6);
    assertThat(value("terminal_fraud_rate_1d")).isEqualTo(1);
    assertThat(value("terminal_fraud_rate_7d")).isEqualTo(2f / 3);
    assertThat(value("terminal_fraud_rate_30d")).isEqualTo(0.5f);
  }

  @ParameterizedTest
  @CsvSource({
    "2018-08-03T23:59:59Z, 0, 0",
    "2018-08-04T00:00:00Z, 1, 1",
    "2018-08-05T06:59:59Z, 1, 1",
    "2018-08-05T07:00:00Z, 1, 0",
    "2018-08-06T00:00:00Z, 0, 1",
    "1969-12-28T23:00:00Z, 1, 0",
  })
  void shouldKnowWeekendsAndNights(Instant time, float weekend, float night) {
    compute(time.toEpochMilli(), 10);

    assertThat(value("weekend")).isEqualTo(weekend);
    assertThat(value("night")).isEqualTo(night);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -0.0,
        1e-300,
        -1e-300,
        1e38,
        1e300,
        -1e300,
        Double.MAX_VALUE,
        -Double.MAX_VALUE
      })
  void shouldStayFiniteForAnyFiniteAmounts(double extreme) {
    for (double other : new double[] {0, 1e-300, 25, 1e300, -1e300, -Double.MAX_VALUE}) {
      customer.read(null);
      customer.add(NOON - 10 * DAY, new double[] {other}, NONE);
      terminal.add(NOON - 10 * DAY, new double[0], NONE);
      compute(NOON, extreme);
      for (String name : features.names()) {
        assertThat(Float.isFinite(value(name))).as("%s of %s, %s", name, extreme, other).isTrue();
      }
    }
  }

  @Test
  void shouldClampToTheRangeOfAFloat() {
    compute(NOON, 1e300);
    assertThat(value("amount")).isEqualTo(Float.MAX_VALUE);
    compute(NOON, -1e300);
    assertThat(value("amount")).isEqualTo(-Float.MAX_VALUE);
  }

  @Test
  void shouldTakeAmountsBelowTheFloorForTheFloorInRatios() {
    customer.add(NOON - 10 * DAY, new double[] {-20}, NONE);
    compute(NOON, 0);

    assertThat(value("customer_mean_30d")).isEqualTo(-10);
    assertThat(value("amount_to_customer_mean_30d")).isEqualTo(1);
    assertThat(value("customer_mean_7d_to_30d")).isEqualTo(1);
  }

  @Test
  void shouldRefuseAVectorOfAnotherLength() {
    assertThatThrownBy(() -> vectorizer.compute(new float[16]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the vector has 16 places for 17 features");
  }

  @Test
  void shouldAllocateNothingPerTransaction() {
    for (int day = 30; day > 0; day--) {
      customer.add(NOON - day * DAY, new double[] {20}, NONE);
      terminal.add(NOON - day * DAY, new double[0], NONE);
    }
    byte[] customerBytes = customer.toBytes();
    byte[] terminalBytes = terminal.toBytes();
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    process(customerBytes, terminalBytes, 100);

    long before = threads.getCurrentThreadAllocatedBytes();
    process(customerBytes, terminalBytes, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(10_000);
  }

  private void process(byte[] customerBytes, byte[] terminalBytes, int times) {
    for (int i = 0; i < times; i++) {
      customer.read(customerBytes);
      terminal.read(terminalBytes);
      terminal.addFraud(NOON - 20 * DAY);
      vectorizer.add(1);
      compute(NOON, 10);
    }
  }

  private void compute(long timeMs, double amount) {
    event.timeMs = timeMs;
    event.numbers[0] = amount;
    vectorizer.begin(event);
    vectorizer.add(0);
    vectorizer.compute(vector);
  }

  private float value(String name) {
    return vector[features.names().indexOf(name)];
  }
}
