package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WindowStateTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final WindowState state = new WindowState(Duration.ofHours(1), Duration.ofHours(10));

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
    WindowState copy = new WindowState(Duration.ofHours(1), Duration.ofHours(10));
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
  void shouldRefuseAnAmountThatIsNotFinite() {
    assertThatThrownBy(() -> state.add(HOUR, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> state.add(HOUR, Double.NEGATIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(state.count(HOUR, HOUR, 0)).isZero();
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
  void shouldRefuseAHopOrReachOutOfBounds() {
    Duration hour = Duration.ofHours(1);
    assertThatThrownBy(() -> new WindowState(Duration.ofMillis(1_500), hour))
        .hasMessageContaining("whole seconds");
    assertThatThrownBy(() -> new WindowState(Duration.ZERO, hour))
        .hasMessageContaining("whole seconds");
    assertThatThrownBy(() -> new WindowState(hour, Duration.ofMinutes(59)))
        .hasMessageContaining("1 to 65535 hops");
    assertThatThrownBy(() -> new WindowState(hour, Duration.ofHours(65_536)))
        .hasMessageContaining("1 to 65535 hops");
  }

  @Test
  void shouldKeepOneMoreHopThanAReachThatIsNoMultipleOfIt() {
    WindowState ragged = new WindowState(Duration.ofHours(1), Duration.ofMinutes(90));
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
  void shouldWriteTheFormThatIsDescribed() {
    state.add(100 * HOUR, 1.27);
    state.add(102 * HOUR, 0.5);
    state.add(102 * HOUR, 0.5);
    state.addFraud(102 * HOUR);
    state.add(103 * HOUR, -2);

    assertThat(HexFormat.of().formatHex(state.toBytes()))
        .isEqualTo(
            "01" // version
                + "901c" // 3600 s
                + "03" // buckets
                + ("c801" + "04" + "7f") // hop 100, one event, 127 hundredths
                + ("02" + "0a" + "01" + "64") // 2 later, two events with frauds: 1, 100 hundredths
                + ("01" + "05" + "c000000000000000")); // 1 later, one event, the double -2
  }

  @Test
  void shouldStaySmallForABusyCustomer() {
    WindowState month = new WindowState(Duration.ofHours(1), Duration.ofDays(30));
    for (int i = 0; i < 120; i++) {
      month.add(1_522_540_800_000L + i * (DAY / 4), 49.99);
    }

    assertThat(month.count(1_522_540_800_000L + 30 * DAY, 30 * DAY, 0)).isEqualTo(120);
    assertThat(month.toBytes()).hasSizeLessThanOrEqualTo(500);
  }

  @Test
  void shouldSayWhatIsWrongWithCorruptBytes() {
    state.add(100 * HOUR, 1.27);
    byte[] good = state.toBytes();

    assertCorrupt(with(good, 0, 2), "format version is 2");
    assertCorrupt(with(good, 1, 0x91), "hop in seconds");
    assertCorrupt(with(good, 3, 12), "number of buckets is 12");
    assertCorrupt(with(good, 6, 0), "count is 0");
    assertCorrupt(Arrays.copyOf(good, good.length - 1), "ends too early");
    assertCorrupt(Arrays.copyOf(good, good.length + 1), "after the last bucket is 1");
    assertCorrupt(new byte[0], "ends too early");
    assertCorrupt(with(new byte[20], 0, 1), "hop in seconds");
    assertThat(state.count(100 * HOUR, HOUR, 0)).isZero();
  }

  @Test
  void shouldRefuseWhatAnotherHopOrALongerReachWrote() {
    WindowState daily = new WindowState(Duration.ofDays(1), Duration.ofDays(10));
    daily.add(DAY, 1);
    assertCorrupt(daily.toBytes(), "hop in seconds (another feature set?) is 86400");

    WindowState longer = new WindowState(Duration.ofHours(1), Duration.ofHours(20));
    longer.add(HOUR, 1);
    longer.add(6 * HOUR, 1);
    longer.add(12 * HOUR, 1);
    assertCorrupt(longer.toBytes(), "span in hops (another feature set?) is 11");
  }

  @Test
  void shouldGiveTheSumOfManyEventsWithinRounding() {
    for (int i = 0; i < 100_000; i++) {
      state.add(i, 1.0 / 3);
    }
    assertThat(state.sum(100_000, HOUR, 0)).isCloseTo(100_000 / 3.0, within(1e-6));
  }

  private void assertCorrupt(byte[] bytes, String message) {
    assertThatThrownBy(() -> state.read(bytes))
        .isInstanceOf(CorruptWindowStateException.class)
        .hasMessageContaining(message);
  }

  private static byte[] with(byte[] bytes, int position, int value) {
    byte[] changed = bytes.clone();
    changed[position] = (byte) value;
    return changed;
  }
}
