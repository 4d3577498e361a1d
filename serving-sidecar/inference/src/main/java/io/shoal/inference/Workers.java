package io.shoal.inference;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Threads for what takes long enough to hold up an event loop, with a bounded queue before them.
 * When it is full, more work is refused at once: a client that is told so can go elsewhere, one
 * that waits cannot.
 */
public final class Workers implements AutoCloseable {
  private static final long IDLE_SECONDS = 60;

  private final ThreadPoolExecutor pool;
  private final int queueMax;

  /**
   * Makes them.
   *
   * @param threads that work
   * @param queueMax most requests that wait
   */
  public Workers(int threads, int queueMax) {
    this.queueMax = queueMax;
    AtomicInteger made = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueMax),
            task -> {
              Thread thread = new Thread(task, "inference-" + made.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Lets a thread do it.
   *
   * @return what comes of it, or {@link OverloadedException} when too much waits
   */
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, pool);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new OverloadedException(queueMax));
    }
  }

  /** How many requests wait now. */
  public int waiting() {
    return pool.getQueue().size();
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
