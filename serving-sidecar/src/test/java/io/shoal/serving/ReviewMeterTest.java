package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReviewMeterTest {
  private static final ReviewPolicy FIXED = new ReviewPolicy(0.002, 0.5);
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  private final Random random = new Random(1);
  private long nowMs = Duration.ofDays(18_000).toMillis();

  @Test
  void shouldGiveAsManyReviewsADayAsAreWanted() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    run(meter, 2, 20_000, 0);
    assertThat(run(meter, 3, 20_000, 0)).isEqualTo(300, within(40.0));
    assertThat(1 - meter.get().share()).isEqualTo(1 - 100 / 20_000.0, within(0.001));
    assertThat(meter.reviewsPerDay()).isEqualTo(100, within(20.0));
  }

  @Test
  void shouldFollowTheTrafficWhenItGrows() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    run(meter, 3, 10_000, 0);
    run(meter, 5, 40_000, 0);
    assertThat(run(meter, 2, 40_000, 0)).isEqualTo(200, within(40.0));
  }

  @Test
  void shouldReviewTheHighestRisksBeforeTheHighestScores() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    // 0.2 % of 20,000 have a risk above one half: 40 a day.
    run(meter, 5, 20_000, 0.002);
    assertThat(meter.get().risk()).isEqualTo(0.5);
    assertThat(1 - meter.get().share()).isEqualTo(1 - 60 / 20_000.0, within(0.001));
    assertThat(run(meter, 3, 20_000, 0.002)).isEqualTo(300, within(50.0));
  }

  @Test
  void shouldRaiseTheRiskWhereRisksAloneWouldBeTooMany() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    run(meter, 5, 20_000, 0.02);
    assertThat(meter.get().risk()).isGreaterThan(0.8);
    assertThat(run(meter, 3, 20_000, 0.02)).isEqualTo(300, within(60.0));
  }

  @Test
  void shouldGiveEachPartitionItsPart() {
    ReviewMeter meter = new ReviewMeter(FIXED, 400, () -> 4);
    run(meter, 3, 20_000, 0);
    assertThat(run(meter, 3, 20_000, 0)).isEqualTo(300, within(40.0));
  }

  @Test
  void shouldKeepTheFixedThresholdsUntilAnHourIsKnown() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    for (int i = 0; i < 1_000; i++) {
      decide(meter, 1_000, 0);
    }
    assertThat(meter.get()).isEqualTo(FIXED);
  }

  @Test
  void shouldMeterTheFixedThresholdsToo() {
    ReviewMeter meter = new ReviewMeter(FIXED, 0, () -> 1);
    run(meter, 5, 20_000, 0);
    assertThat(meter.get()).isEqualTo(FIXED);
    assertThat(meter.reviewsPerDay()).isEqualTo(40, within(12.0));
  }

  @Test
  void shouldGoOnFromWhatWasStored() {
    ReviewMeter before = new ReviewMeter(FIXED, 100, () -> 1);
    run(before, 3, 20_000, 0.002);
    ReviewMeter after = new ReviewMeter(FIXED, 100, () -> 1);
    after.read(before.toBytes());
    assertThat(after.get().share()).isEqualTo(before.get().share(), within(1e-4));
    assertThat(after.toBytes()).isEqualTo(before.toBytes());

    ReviewMeter other = new ReviewMeter(FIXED, 100, () -> 1);
    other.read(new byte[] {9});
    assertThat(other.get()).isEqualTo(FIXED);
  }

  @Test
  void shouldForgetAfterMonthsOfSilence() {
    ReviewMeter meter = new ReviewMeter(FIXED, 100, () -> 1);
    run(meter, 3, 20_000, 0);
    nowMs += 400 * DAY_MS;
    run(meter, 5, 5_000, 0);
    assertThat(run(meter, 3, 5_000, 0)).isEqualTo(300, within(60.0));
  }

  /** So many days of traffic; how many were reviewed. */
  private double run(ReviewMeter meter, int days, int perDay, double risky) {
    double reviews = 0;
    for (int i = 0; i < days * perDay; i++) {
      reviews += decide(meter, DAY_MS / perDay, risky) ? 1 : 0;
    }
    return reviews;
  }

  private boolean decide(ReviewMeter meter, long stepMs, double risky) {
    nowMs += stepMs;
    double score = random.nextDouble();
    double risk = random.nextDouble() < risky ? 0.5 + random.nextDouble() / 2 : 0.01;
    boolean review = risk >= meter.get().risk() || score >= 1 - meter.get().share();
    meter.add(nowMs, score, risk, review);
    return review;
  }
}
