package io.shoal.local.demo;

import java.util.concurrent.locks.LockSupport;

/** Time that passes, for pacing; a test passes its own. */
public interface Ticker {
  /** The machine's. */
  Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };

  /** Nanoseconds since some moment. */
  long nanoTime();

  /** Waits about this long. */
  void park(long nanos);
}
