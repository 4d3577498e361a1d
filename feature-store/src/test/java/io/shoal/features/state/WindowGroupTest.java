package io.shoal.features.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WindowGroupTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final MoneyWindows state = new MoneyWindows(Duration.ofHours(1), Duration.ofHours(10));

  @Test
  void shouldBeEmptyAtFirst() {
    assertThat(state.count(5 * HOUR, HOUR, 0)).isZero();
    assertThat(state.sum(5 * HOUR, HOUR, 0)).isZero();
    assertThat(state.frauds(5 * HOUR, HOUR, 0)).isZero();
  }

  @Test
  void shouldRoundTheTailDownToTheHop() {
    state.add(3 * HOUR, 1);
    state.add(3 * HOUR + 1, 2);
    state.add(4 * HOUR, 4);

    assertThat(state.sum(5 * HOUR - 1, HOUR, 0)).isEqualTo(7);
    assertThat(state.sum(5 * HOUR, HOUR, 0)).isEqualTo(4);
  }

  @Test
  void shouldCountEverythingUpToNowWithoutDelay() {
    state.add(3 * HOUR, 1);
    assertThat(state.count(3 * HOUR, HOUR, 0)).isEqualTo(1);
    state.add(3 * HOUR, 1);
    assertThat(state.count(3 * HOUR, HOUR, 0)).isEqualTo(2);
    assertThat(state.count(3 * HOUR - 1, HOUR, 0)).isZero();
  }

  @Test
  void shouldLeaveOutTheHopThatADelayCuts() {
    state.add(2 * HOUR, 1);
    state.add(3 * HOUR, 2);

    assertThat(state.sum(6 * HOUR - 1, HOUR, 2 * HOUR)).isEqualTo(1);
    assertThat(state.sum(6 * HOUR, HOUR, 2 * HOUR)).isEqualTo(2);
    assertThat(state.sum(6 * HOUR, 2 * HOUR, 2 * HOUR)).isEqualTo(3);
  }

  @Test
  void shouldPutEventsOutOfOrderInTheirHop() {
    state.add(5 * HOUR, 1);
    state.add(3 * HOUR, 2);
    state.add(4 * HOUR, 4);

    assertThat(state.sum(5 * HOUR, 2 * HOUR, 0)).isEqualTo(7);
    assertThat(state.sum(5 * HOUR, HOUR, 0)).isEqualTo(5);
    assertThat(state.sum(6 * HOUR, HOUR, 2 * HOUR)).isEqualTo(2);
  }

  @Test
  void shouldRefuseOnlyWhatIsOlderThanReachPlusOneHop() {
    assertThat(state.add(20 * HOUR, 1)).isTrue();
    assertThat(state.add(10 * HOUR, 2)).isTrue();
    byte[] before = state.toBytes();

    assertThat(state.add(10 * HOUR - 1, 4)).isFalse();
    assertThat(state.toBytes()).isEqualTo(before);
    assertThat(state.sum(20 * HOUR, 10 * HOUR, 0)).isEqualTo(3);
  }

  @Test
  void shouldDropWhatNewEventsMakeTooOld() {
    state.add(10 * HOUR, 1);
    state.add(21 * HOUR, 2);

    assertThat(state.count(11 * HOUR, HOUR, 0)).isZero();
    assertThat(state.addFraud(10 * HOUR)).isFalse();
  }

  @Test
  void shouldCountALateFraudInTheHopOfItsEvent() {
    state.add(3 * HOUR, 1);
    state.add(3 * HOUR + 5, 1);
    state.add(9 * HOUR, 1);

    assertThat(state.addFraud(3 * HOUR + 5)).isTrue();
    assertThat(state.frauds(9 * HOUR, 6 * HOUR, 0)).isEqualTo(1);
    assertThat(state.frauds(9 * HOUR, HOUR, 5 * HOUR)).isEqualTo(1);
    assertThat(state.frauds(9 * HOUR, HOUR, 0)).isZero();
  }

  @Test
  void shouldNeverHaveMoreFraudsThanEvents() {
    state.add(3 * HOUR, 1);

    assertThat(state.addFraud(3 * HOUR)).isTrue();
    assertThat(state.addFraud(3 * HOUR)).isFalse();
    assertThat(state.addFraud(4 * HOUR)).isFalse();
    assertThat(state.frauds(4 * HOUR, 2 * HOUR, 0)).isEqualTo(1);
  }

  @Test
  void shouldHandleTimesBefore1970() {
    state.add(-1, 1);
    state.add(-HOUR - 1, 2);

    assertThat(state.sum(-1, HOUR, 0)).isEqualTo(3);
    assertThat(state.sum(HOUR - 1, HOUR, 0)).isEqualTo(1);
  }

  @Test
  void shouldKeepSumsOfMoneyExactInAnyOrder() {
    assertThat(0.1 + 0.2).isNotEqualTo(0.3);
    for (double amount : new double[] {0.1, 0.2, 57.16}) {
      state.add(HOUR, amount);
    }
    for (double amount : new double[] {57.16, 0.2, 0.1}) {
      state.add(2 * HOUR, amount);
    }
    state.add(3 * HOUR, 0.1);
    state.add(3 * HOUR, 0.2);

    assertThat(state.sum(3 * HOUR, HOUR, HOUR)).isEqualTo(57.46);
    assertThat(state.sum(4 * HOUR, HOUR, HOUR)).isEqualTo(57.46);
    assertThat(state.sum(5 * HOUR, HOUR, HOUR)).isEqualTo(0.3);
  }

  @Test
  void shouldKeepAmountsThatAreNoHundredths() {
    state.add(HOUR, Math.PI);
    state.add(2 * HOUR, -12.5);
    state.add(3 * HOUR, 1e200);
    MoneyWindows copy = new MoneyWindows(Duration.ofHours(1), Duration.ofHours(10));
    copy.read(state.toBytes());

    assertThat(copy.sum(3 * HOUR, HOUR, HOUR)).isEqualTo(Math.PI);
    assertThat(copy.sum(4 * HOUR, HOUR, HOUR)).isEqualTo(-12.5);
    assertThat(copy.sum(5 * HOUR, HOUR, HOUR)).isEqualTo(1e200);
  }

  @Test
  void shouldKeepSumsFinite() {
    state.add(HOUR, Double.MAX_VALUE);
    state.add(HOUR, Double.MAX_VALUE);
    state.add(2 * HOUR, Double.MAX_VALUE);

    assertThat(state.sum(2 * HOUR, 5 * HOUR, 0)).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void shouldRefuseAWindowBeyondTheReach() {
    assertThat(state.count(HOUR, 8 * HOUR, 2 * HOUR)).isZero();
    assertThatThrownBy(() -> state.count(HOUR, 8 * HOUR, 2 * HOUR + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reach of 36000000 ms");
    assertThatThrownBy(() -> state.sum(HOUR, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> state.frauds(HOUR, HOUR, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> state.frauds(HOUR, HOUR, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldKeepOneMoreHopThanAReachThatIsNoMultipleOfIt() {
    MoneyWindows ragged = new MoneyWindows(Duration.ofHours(1), Duration.ofMinutes(90));
    ragged.add(HOUR, 1);
    ragged.add(3 * HOUR, 2);

    assertThat(ragged.sum(3 * HOUR, HOUR + HOUR / 2, 0)).isEqualTo(3);
  }

  @Test
  void shouldBeReusable() {
    state.add(HOUR, 1);
    state.read(null);
    assertThat(state.count(HOUR, HOUR, 0)).isZero();

    for (int hour = 0; hour < 100; hour++) {
      state.add(hour * HOUR, 1);
    }
    byte[] full = state.toBytes();
    state.read(null);
    state.read(full);
    assertThat(state.count(99 * HOUR, 10 * HOUR, 0)).isEqualTo(11);
  }

  @Test
  void shouldGiveTheSumOfManyEventsWithinRounding() {
    for (int i = 0; i < 100_000; i++) {
      state.add(i, 1.0 / 3);
    }
    assertThat(state.sum(100_000, HOUR, 0)).isCloseTo(100_000 / 3.0, within(1e-6));
  }

  @Test
  void shouldKnowMeanDeviationAndExtremes() {
    for (double amount : new double[] {2, 4, 4, 4}) {
      state.add(HOUR, amount);
    }
    for (double amount : new double[] {5, 5, 7, 9}) {
      state.add(3 * HOUR, amount);
    }
    state.add(3 * HOUR, Double.NaN);
    WindowGroup window = state.window(3 * HOUR, 5 * HOUR, 0);

    assertThat(window.count()).isEqualTo(9);
    assertThat(window.mean(0)).isEqualTo(5);
    assertThat(window.std(0)).isEqualTo(2);
    assertThat(window.min(0)).isEqualTo(2);
    assertThat(window.max(0)).isEqualTo(9);
  }

  @Test
  void shouldMissWhatNoEventHas() {
    state.add(HOUR, Double.NaN);
    WindowGroup window = state.window(HOUR, HOUR, 0);

    assertThat(window.count()).isEqualTo(1);
    assertThat(window.sum(0)).isZero();
    assertThat(window.mean(0)).isNaN();
    assertThat(window.std(0)).isNaN();
    assertThat(window.min(0)).isNaN();
    assertThat(window.max(0)).isNaN();
  }

  @Test
  void shouldWriteTheFormThatIsDescribed() {
    EntityState sums = new EntityState(daily(30, 7, false));
    sums.add(100 * DAY, new double[] {1.27}, new long[0]);
    sums.add(102 * DAY, new double[] {0.5}, new long[0]);
    sums.add(102 * DAY, new double[] {Double.NaN}, new long[0]);
    sums.addFraud(102 * DAY);
    sums.add(103 * DAY, new double[] {Math.PI}, new long[0]);

    assertThat(HexFormat.of().formatHex(sums.toBytes()))
        .isEqualTo(
            "02" // version
                + "00000007" // layout
                + "03" // buckets
                + ("c801" + "04" + "fc03") // day 100, one event, 127 hundredths
                + ("02" + "0b" + "01" + "01" + "c801") // 2 later: a fraud, one without a number
                + ("01" + "04" + "01" + "400921fb54442d18")); // 1 later: a double
  }

  /** What is promised of three windows of two aggregates with daily hops. */
  @ParameterizedTest
  @EnumSource
  void shouldCopyBucketsThatAreFarFromThoseThatWereDropped(MoneyWindows.Kept keeps) {
    MoneyWindows written = new MoneyWindows(Duration.ofHours(1), Duration.ofDays(30), keeps);
    MoneyWindows reread = new MoneyWindows(Duration.ofHours(1), Duration.ofDays(30), keeps);
    for (long hour : new long[] {0, 300, 310, 650, 730, 1_100, 1_500}) {
      written.add(Duration.ofHours(hour).toMillis(), 12.34);
      reread.add(Duration.ofHours(hour).toMillis(), 12.34);
      byte[] bytes = reread.toBytes();

      assertThat(bytes).as("hour %d", hour).isEqualTo(written.toBytes());
      reread.read(bytes);
    }
  }

  @Test
  void shouldNeedFewBytesForABusyEntity() {
    EntityState busy = new EntityState(daily(30, 7, false));
    for (int i = 0; i < 1_000; i++) {
      busy.add(1_522_540_800_000L + i * (DAY / 30), new double[] {49.99}, new long[0]);
      busy.addFraud(1_522_540_800_000L + i * (DAY / 30));
    }

    assertThat(busy.toBytes()).hasSizeLessThanOrEqualTo(400);
  }

  @Test
  void shouldRefuseBucketsThatSpanMoreThanIsRetained() {
    Duration hop = Duration.ofHours(1);
    MoneyWindows counts = new MoneyWindows(hop, hop.multipliedBy(10), MoneyWindows.Kept.NOTHING);
    int buckets = 11;
    for (int hour = 0; hour < buckets; hour++) {
      counts.add(hop.multipliedBy(hour).toMillis(), 0);
    }
    byte[] bytes = counts.toBytes();
    // Of the second bucket: the last ones have two bytes each.
    bytes[bytes.length - 2 * (buckets - 1)] = 9;

    assertThatThrownBy(() -> counts.read(bytes))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("span in hops is 11");
  }

  @Test
  void shouldSayWhatIsWrongWithCorruptBytes() {
    EntityState sums = new EntityState(daily(30, 7, false));
    sums.add(100 * DAY, new double[] {1.27}, new long[0]);
    byte[] good = sums.toBytes();

    assertCorrupt(sums, with(good, 0, 1), "has version 1, not 2");
    assertThatThrownBy(() -> sums.read(with(good, 1, 9))).isInstanceOf(ForeignStateException.class);
    assertCorrupt(sums, with(good, 5, 32), "number of buckets is 32");
    assertCorrupt(sums, with(good, 8, 0), "count is 0");
    assertCorrupt(sums, Arrays.copyOf(good, good.length - 1), "ends too early");
    assertCorrupt(sums, Arrays.copyOf(good, good.length + 1), "1 bytes are left");
    assertCorrupt(sums, new byte[0], "ends too early");
    sums.group(0).select(100 * DAY, DAY, 0);
    assertThat(sums.group(0).count()).isZero();
  }

  @Test
  void shouldRememberTheEventBeforeTheLast() {
    EntityState last = new EntityState(daily(1, 7, true));
    assertThat(last.secondsSinceLast(5_000)).isNaN();
    last.add(5_000, new double[] {1}, new long[0]);
    assertThat(last.secondsSinceLast(5_000)).isNaN();
    last.read(last.toBytes());
    last.add(7_500, new double[] {1}, new long[0]);
    assertThat(last.secondsSinceLast(7_500)).isEqualTo(2.5);
    last.add(6_000, new double[] {1}, new long[0]);
    assertThat(last.secondsSinceLast(6_000)).isZero();
  }

  @Test
  void shouldExpireWhenNoWindowCanReachItAnyMore() {
    EntityState sums = new EntityState(daily(30, 7, false));
    sums.add(100 * DAY, new double[] {1}, new long[0]);

    assertThat(sums.isExpired(130 * DAY)).isFalse();
    assertThat(sums.isExpired(131 * DAY)).isTrue();
    EntityState last = new EntityState(daily(30, 7, true));
    last.add(100 * DAY, new double[] {1}, new long[0]);
    assertThat(last.isExpired(131 * DAY)).isFalse();
    assertThat(last.isExpired(191 * DAY)).isTrue();
  }

  @Test
  void shouldCountDistinctValuesOverWindows() {
    EntityState state =
        new EntityState(
            new StateLayout(
                1,
                false,
                List.of(new StateLayout.Group(HOUR, 10 * HOUR, false, List.of(), List.of(0)))));
    for (int i = 0; i < 2_000; i++) {
      state.add(i % 3 * HOUR, new double[0], new long[] {1 + i % 500});
    }
    state.add(3 * HOUR, new double[0], new long[] {0});
    EntityState copy =
        new EntityState(
            new StateLayout(
                1,
                false,
                List.of(new StateLayout.Group(HOUR, 10 * HOUR, false, List.of(), List.of(0)))));
    copy.read(state.toBytes());

    copy.group(0).select(3 * HOUR, 5 * HOUR, 0);
    assertThat(copy.group(0).distinct(0)).isCloseTo(500, within(0.07 * 500));
    copy.group(0).select(3 * HOUR, HOUR, 0);
    assertThat(copy.group(0).distinct(0)).isCloseTo(500, within(0.07 * 500));
    state.add(4 * HOUR, new double[0], new long[] {7});
    state.add(4 * HOUR, new double[0], new long[] {7});
    state.group(0).select(4 * HOUR, HOUR, 0);
    assertThat(state.group(0).distinct(0)).isCloseTo(1, within(0.01));
  }

  private static StateLayout daily(int days, int id, boolean lastEvent) {
    return new StateLayout(
        id,
        lastEvent,
        List.of(
            new StateLayout.Group(
                DAY,
                days * DAY,
                true,
                List.of(new StateLayout.Measure(0, true, false, false, false)),
                List.of())));
  }

  private static void assertCorrupt(EntityState state, byte[] bytes, String message) {
    assertThatThrownBy(() -> state.read(bytes))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining(message);
  }

  private static byte[] with(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    changed[position] = (byte) value;
    return changed;
  }
}
