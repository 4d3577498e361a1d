package io.shoal.registry.server.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again, and outlives failures of what it depends on. */
public abstract class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final Thread thread;
  private volatile boolean stopping;

  /** A worker whose thread has this name. */
  protected Worker(String name) {
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public final void start() {
    thread.start();
  }

  /** One round; blocks a bounded time when there is nothing to do. */
  protected abstract void work() throws InterruptedException;

  /** Wakes a round that blocks. */
  public abstract void wake();

  /** Releases what the thread used; runs on it, once, at its end. */
  protected abstract void release();

  /** Whether the worker was told to stop. */
  protected final boolean stopping() {
    return stopping;
  }

  /** Tells the worker to stop, and does not wait for it. */
  public final void stop() {
    stopping = true;
    wake();
  }

  @Override
  public final void close() {
    stop();
    try {
      thread.join(STOP_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopping) {
        try {
          work();
        } catch (WakeupException e) {
          // Told to stop.
        } catch (RuntimeException e) {
          log.warn("{} failed and tries again: {}", thread.getName(), e.toString());
          TimeUnit.MILLISECONDS.sleep(RETRY_DELAY.toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      release();
    }
  }
}
