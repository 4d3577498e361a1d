package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.local.demo.Completion.Verdict;
import org.junit.jupiter.api.Test;

/** The small instruments: pace, rates, latency, completion. */
class MetersTest {
  private final MutableClock clock = new MutableClock();

  @Test
  void shouldKeepPaceAtLowAndHighRates() {
    for (double rate : new double[] {0.5, 3, 1_000, 250_000}) {
      Pace pace = new Pace(rate, clock);
      long startNs = clock.nanoTime();
      int sends = 0;
      while (clock.nanoTime() - startNs < 20_000_000_000L) {
        sends += pace.due() ? 1 : 0;
      }
      assertThat(sends).isCloseTo((int) (20 * rate), within((int) (1 + rate / 50)));
    }
  }

  @Test
  void shouldCatchUpForTenthOfSecondAtMost() {
    Pace pace = new Pace(1_000, clock);
    assertThat(pace.due()).isTrue();
    clock.advanceMs(60_000);
    int burst = 0;
    while (pace.due()) {
      burst++;
    }
    assertThat(burst).isBetween(100, 102);
  }

  @Test
  void shouldNeverWaitAtMaximumRate() {
    Pace pace = new Pace(DemoOptions.MAX_RATE, clock);
    long startNs = clock.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      assertThat(pace.due()).isTrue();
    }
    assertThat(clock.nanoTime()).isEqualTo(startNs);
  }

  @Test
  void shouldMeasureRateOfTheLastThreeSeconds() {
    RateMeter meter = new RateMeter();
    assertThat(meter.perSecond()).isZero();
    long count = 0;
    for (int i = 0; i < 100; i++) {
      meter.sample(clock.millis(), count);
      clock.advanceMs(100);
      count += 50;
    }
    assertThat(meter.perSecond()).isCloseTo(500, within(1.0));
    for (int i = 0; i < 50; i++) {
      meter.sample(clock.millis(), count);
      clock.advanceMs(100);
    }
    assertThat(meter.perSecond()).isZero();
  }

  @Test
  void shouldTellLatencyOfTheSecondFromThatOfTheRun() {
    LatencyMeter meter = new LatencyMeter(clock.millis());
    for (int i = 1; i <= 100; i++) {
      meter.record(i);
    }
    assertThat(meter.roll(clock.millis())).isFalse();
    assertThat(meter.interval()).isEqualTo(LatencyMs.NONE);
    clock.advanceMs(1_000);
    assertThat(meter.roll(clock.millis())).isTrue();
    assertThat(meter.interval()).isEqualTo(new LatencyMs(100, 50, 99, 100));
    meter.record(-5);
    meter.record(7_200_000);
    clock.advanceMs(1_000);
    meter.roll(clock.millis());
    assertThat(meter.interval().count()).isEqualTo(2);
    assertThat(meter.interval().p50()).isZero();
    assertThat(meter.total().count()).isEqualTo(102);
    assertThat(meter.total().max()).isCloseTo(3_600_000, within(4_000L));
  }

  @Test
  void shouldBeOverWhenAllIsSentAndAnswered() {
    Completion completion = new Completion(0);
    assertThat(completion.check(false, 0, 0, 1)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(true, 1, 9, 2)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(true, 0, 10, 3)).isEqualTo(Verdict.ANSWERED);
  }

  @Test
  void shouldCallItStallWhenNoAnswerComesForMinute() {
    Completion completion = new Completion(0);
    assertThat(completion.check(false, 0, 0, 500_000)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(false, 5, 0, 559_999)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(false, 5, 1, 559_999)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(true, 5, 1, 619_998)).isEqualTo(Verdict.GOING_ON);
    assertThat(completion.check(true, 5, 1, 619_999)).isEqualTo(Verdict.STALLED);
  }
}
