package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventClockWatermarksTest {
  private final EventClockWatermarks<FeaturePoint> watermarks = new EventClockWatermarks<>();
  private final List<Long> emitted = new ArrayList<>();

  @Test
  void shouldTellTheTimeOfTheStream() {
    assertThat(emit()).isEmpty();
    event(1_000);
    event(900);

    assertThat(emit()).containsExactly(999L);
  }

  @Test
  void shouldNotFollowOneEventThatIsYearsAhead() {
    event(1_000);
    event(Duration.ofDays(9_000).toMillis());
    event(2_000);

    assertThat(emit()).containsExactly(1_999L);
  }

  private void event(long timeMs) {
    watermarks.onEvent(new FeaturePoint(), timeMs, output());
  }

  private List<Long> emit() {
    watermarks.onPeriodicEmit(output());
    return emitted;
  }

  private WatermarkOutput output() {
    return new WatermarkOutput() {
      @Override
      public void emitWatermark(Watermark watermark) {
        emitted.add(watermark.getTimestamp());
      }

      @Override
      public void markIdle() {
        throw new AssertionError();
      }

      @Override
      public void markActive() {
        throw new AssertionError();
      }
    };
  }
}
