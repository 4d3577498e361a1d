package io.shoal.registry.server.pipeline;

import io.shoal.registry.server.store.ActiveLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the workers of which there may be one set only, for as long as this instance is active. */
public final class Leadership extends Worker {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private final ActiveLock lock;
  private final Duration term;
  private final Supplier<List<Worker>> workers;
  private final Semaphore pause = new Semaphore(0);
  private volatile List<Worker> running = List.of();
  private long heldNs;

  /**
   * A contender; {@link #start} starts it.
   *
   * @param term of the lock
   * @param workers makes the workers anew, not started
   */
  public Leadership(ActiveLock lock, Duration term, Supplier<List<Worker>> workers) {
    super("registry-leadership");
    this.lock = lock;
    this.term = term;
    this.workers = workers;
  }

  /** Whether this instance takes candidates and announces. */
  public boolean active() {
    return !running.isEmpty();
  }

  /** Tells the workers that there is something to do, where they run here. */
  public void news() {
    running.forEach(Worker::wake);
  }

  @Override
  protected void work() throws InterruptedException {
    boolean held;
    try {
      held = lock.hold();
      heldNs = held ? System.nanoTime() : heldNs;
    } catch (RuntimeException e) {
      // The database is away. The lock is ours until its term is over.
      held = active() && System.nanoTime() - heldNs < term.toNanos();
      log.warn("cannot renew the lock: {}", e.toString());
    }
    if (held && !active()) {
      log.info("this instance is active");
      List<Worker> fresh = workers.get();
      fresh.forEach(Worker::start);
      running = fresh;
    } else if (!held && active()) {
      log.info("another instance is active");
      stopWorkers();
    }
    if (pause.tryAcquire(term.toMillis() / 3, TimeUnit.MILLISECONDS)) {
      pause.drainPermits();
    }
  }

  @Override
  public void wake() {
    pause.release();
  }

  @Override
  protected void release() {
    boolean wasActive = active();
    stopWorkers();
    if (wasActive) {
      try {
        lock.release();
      } catch (RuntimeException e) {
        log.warn("cannot give the lock back; it lapses after {} s", term.toSeconds());
      }
    }
  }

  private void stopWorkers() {
    running.forEach(Worker::stop);
    running.forEach(Worker::close);
    running = List.of();
  }
}
