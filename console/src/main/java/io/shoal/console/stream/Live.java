package io.shoal.console.stream;

import io.shoal.console.store.Bins;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What the last seconds looked like: counted as records are read, told as often as asked. */
public final class Live {
  private static final long WINDOW_MS = 10_000;

  private final Deque<Second> seconds = new ArrayDeque<>();
  private long readTotal;
  private long lag;
  private boolean caughtUp;
  private long readAtMs;

  private static final class Second {
    final long atMs;
    long predictions;
    long reviews;
    final Bins latencies = new Bins(Bins.LATENCIES);

    Second(long atMs) {
      this.atMs = atMs;
    }
  }

  /**
   * The last ten seconds.
   *
   * @param perSecond predictions
   * @param reviews among them
   * @param p50 milliseconds from sending a transaction until its prediction was read here; null
   *     when none came
   * @param read predictions since this process started
   * @param lag records that are still to be read
   * @param readAt when the last record was read, milliseconds since 1970; 0 for never
   */
  public record Now(
      double perSecond,
      long reviews,
      @Nullable Double p50,
      @Nullable Double p99,
      long read,
      long lag,
      boolean caughtUp,
      long readAt) {}

  /** A prediction was read. */
  synchronized void prediction(long nowMs, boolean review, double latencyMs) {
    Second second = seconds.peekLast();
    if (second == null || second.atMs != nowMs / 1_000) {
      second = new Second(nowMs / 1_000);
      seconds.addLast(second);
      forget(nowMs);
    }
    readTotal++;
    second.predictions++;
    second.reviews += review ? 1 : 0;
    if (!Double.isNaN(latencyMs)) {
      second.latencies.add(Bins.ofLatency(latencyMs));
    }
  }

  /** Where reading stands. */
  synchronized void read(long nowMs, long recordsBehind, boolean atTheEnd, boolean any) {
    lag = recordsBehind;
    caughtUp = atTheEnd;
    readAtMs = any ? nowMs : readAtMs;
  }

  /** The last ten seconds. */
  public synchronized Now now(long nowMs) {
    forget(nowMs);
    Bins latencies = new Bins(Bins.LATENCIES);
    long predictions = 0;
    long reviews = 0;
    for (Second second : seconds) {
      latencies.add(second.latencies);
      predictions += second.predictions;
      reviews += second.reviews;
    }
    boolean measured = latencies.total() > 0;
    return new Now(
        predictions * 1_000.0 / WINDOW_MS,
        reviews,
        measured ? latencies.latencyQuantile(0.5) : null,
        measured ? latencies.latencyQuantile(0.99) : null,
        readTotal,
        lag,
        caughtUp,
        readAtMs);
  }

  private void forget(long nowMs) {
    while (!seconds.isEmpty() && seconds.getFirst().atMs < (nowMs - WINDOW_MS) / 1_000) {
      seconds.removeFirst();
    }
  }
}
