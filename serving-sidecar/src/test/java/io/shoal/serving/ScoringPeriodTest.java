package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ScoringPeriodTest {
  private static final long NOON = Instant.parse("2024-05-06T12:00:00Z").toEpochMilli();

  @Test
  void shouldPredictUntilAnotherApplicationTakesOver() {
    ScoringPeriod old = new ScoringPeriod("old", Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(old.holds(NOON)).isTrue();
    old.accept("new", "2024-05-06T12:00:00Z");

    assertThat(old.holds(NOON - 1)).isTrue();
    assertThat(old.holds(NOON)).isFalse();
    assertThat(old.hasTakenOver()).isFalse();
  }

  @Test
  void shouldPredictFromItsOwnTakeoverToTheNext() {
    ScoringPeriod period = new ScoringPeriod("new", Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(period.holds(NOON)).isFalse();
    period.accept("new", "2024-05-06T12:00:00Z");
    period.accept("before", "2024-05-06T11:00:00Z");
    period.accept("newest", "2024-05-06T13:00:00Z");

    assertThat(period.hasTakenOver()).isTrue();
    assertThat(period.holds(NOON - 1)).isFalse();
    assertThat(period.holds(NOON)).isTrue();
    assertThat(period.holds(NOON + 3_599_999)).isTrue();
    assertThat(period.holds(NOON + 3_600_000)).isFalse();
  }

  @Test
  void shouldPredictAgainWhenATakeoverIsWithdrawn() {
    ScoringPeriod old = new ScoringPeriod("old", Long.MIN_VALUE, NOON + 60_000);
    old.accept("new", "2024-05-06T12:00:00Z");
    old.accept("new", null);

    assertThat(old.holds(NOON)).isTrue();
    assertThat(old.holds(NOON + 60_000)).isFalse();
  }

  @Test
  void shouldIgnoreATakeoverAtNoTime() {
    ScoringPeriod old = new ScoringPeriod("old", Long.MIN_VALUE, Long.MAX_VALUE);
    old.accept("new", "noon");

    assertThat(old.holds(NOON)).isTrue();
  }
}
