package io.shoal.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.Label;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LabelScheduleTest {
  private final LabelSchedule schedule = new LabelSchedule(Duration.ofMillis(100));

  @Test
  void shouldReportFraudOnceItsDelayIsOver() {
    schedule.add("a", 1_000);
    assertThat(schedule.poll(1_099)).isNull();
    assertThat(schedule.poll(1_100))
        .isEqualTo(new Label("a", true, Instant.ofEpochMilli(1_100), "chargeback"));
    assertThat(schedule.poll(9_999)).isNull();
  }

  @Test
  void shouldReportEarliestFirstInWhateverOrderTheyCame() {
    schedule.add("late", 3_000);
    schedule.add("early", 1_000);
    schedule.add("middle", 2_000);
    assertThat(schedule.poll(9_999).getTransactionId()).isEqualTo("early");
    assertThat(schedule.poll(9_999).getTransactionId()).isEqualTo("middle");
    assertThat(schedule.poll(9_999).getTransactionId()).isEqualTo("late");
  }

  @Test
  void shouldHoldNoMoreThanItsBound() {
    for (int i = 0; i <= LabelSchedule.PENDING_MAX; i++) {
      schedule.add("x", i);
    }
    assertThat(schedule.size()).isEqualTo(LabelSchedule.PENDING_MAX);
  }
}
