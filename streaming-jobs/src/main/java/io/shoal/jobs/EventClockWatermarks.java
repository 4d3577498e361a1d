package io.shoal.jobs;

import io.shoal.features.EventClock;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Watermarks of one partition by the {@link EventClock}: a single event with a time years ahead
 * does not move them.
 *
 * @param <P> what comes
 */
final class EventClockWatermarks<P> implements WatermarkGenerator<P> {
  private final EventClock clock = new EventClock();
  private long nowMs = Long.MIN_VALUE;

  @Override
  public void onEvent(P point, long eventTimeMs, WatermarkOutput output) {
    nowMs = clock.advance(eventTimeMs);
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (nowMs != Long.MIN_VALUE) {
      // Another event of this very moment may come.
      output.emitWatermark(new Watermark(nowMs - 1));
    }
  }
}
