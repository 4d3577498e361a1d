package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private final EventClock clock = new EventClock(Duration.ofMillis(10), 3);

  @Test
  void shouldShowTheLatestEventTime() {
    assertThat(clock.advance(-5)).isEqualTo(-5);
    assertThat(clock.advance(5)).isEqualTo(5);
    assertThat(clock.advance(3)).isEqualTo(5);
    assertThat(clock.advance(15)).isEqualTo(15);
  }

  @Test
  void shouldNotFollowEventsFarAheadAmongOthers() {
    clock.advance(0);
    for (int i = 1; i < 20; i++) {
      assertThat(clock.advance(1_000 + i)).isEqualTo(i - 1);
      assertThat(clock.advance(2_000 + i)).isEqualTo(i - 1);
      assertThat(clock.advance(i)).isEqualTo(i);
    }
  }

  @Test
  void shouldGoOnAfterASilence() {
    clock.advance(0);
    assertThat(clock.advance(1_002)).isZero();
    assertThat(clock.advance(1_001)).isZero();
    assertThat(clock.advance(1_003)).isEqualTo(1_001);
    assertThat(clock.advance(1_004)).isEqualTo(1_004);
  }

  @Test
  void shouldNotGoBack() {
    clock.advance(100);
    for (int i = 0; i < 10; i++) {
      assertThat(clock.advance(i)).isEqualTo(100);
    }
  }
}
