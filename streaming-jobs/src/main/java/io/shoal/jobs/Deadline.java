package io.shoal.jobs;

import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action a fixed time after it was {@linkplain #start() started}, unless it is cleared
 * before. It has at most one timer outstanding however often it is started and cleared, so that a
 * fast stream of blocks does not become a heap of timers.
 */
final class Deadline {
  /** What to do when the time is up. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  private static final long NOT_STARTED = Long.MIN_VALUE;

  private final ProcessingTimeService time;
  private final long delayMs;
  private final Action action;
  private long startedMs = NOT_STARTED;
  private @Nullable ScheduledFuture<?> timer;

  Deadline(ProcessingTimeService time, long delayMs, Action action) {
    this.time = time;
    this.delayMs = delayMs;
    this.action = action;
  }

  /** Starts to count from now, if it is not counting already. */
  void start() {
    start(time.getCurrentProcessingTime());
  }

  /** Starts to count from a moment in the past, if it is not counting already. */
  void start(long sinceMs) {
    if (startedMs != NOT_STARTED) {
      return;
    }
    // A clock that was set back must not make this wait for longer than the delay.
    startedMs = Math.min(sinceMs, time.getCurrentProcessingTime());
    if (timer == null) {
      register();
    }
  }

  /** Stops counting. */
  void clear() {
    startedMs = NOT_STARTED;
  }

  boolean started() {
    return startedMs != NOT_STARTED;
  }

  private void register() {
    timer = time.registerTimer(startedMs + delayMs, this::onTimer);
  }

  private void onTimer(long timestampMs) throws Exception {
    timer = null;
    if (startedMs == NOT_STARTED) {
      return;
    }
    if (timestampMs < startedMs + delayMs) {
      // Cleared and started again after this timer was registered.
      register();
      return;
    }
    startedMs = NOT_STARTED;
    action.run();
  }
}
