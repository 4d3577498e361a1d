package io.shoal.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a shutdown hook does: the JVM halts when its hooks end. */
final class Interruption {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

  private Interruption() {}

  /** Says that the process was told to stop, and holds the JVM until all parts have stopped. */
  static void wait(CountDownLatch told, CountDownLatch stopped) {
    told.countDown();
    try {
      stopped.await(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
