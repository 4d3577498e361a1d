package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BatchClockTest {
  private final AtomicLong nowNs = new AtomicLong();
  private final BatchClock clock = new BatchClock(nowNs::get);

  @Test
  void shouldSplitTheTimeOfBatches() {
    for (int batch = 0; batch < 2; batch++) {
      pass(5);
      clock.begin();
      pass(2);
      clock.assigned();
      pass(1);
      clock.end();
    }

    assertThat(clock.waitMs()).isEqualTo(10);
    assertThat(clock.assignMs()).isEqualTo(4);
    assertThat(clock.updateMs()).isEqualTo(2);
  }

  private void pass(long ms) {
    nowNs.addAndGet(ms * 1_000_000);
  }
}
