package io.shoal.registry.server.pipeline;

import io.shoal.registry.server.store.Artifacts;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Deletes objects that no version needs, now and then. */
public final class ObjectSweeper extends Worker {
  private static final long INTERVAL_MS = 60_000;

  private final Artifacts artifacts;
  private final Semaphore stop = new Semaphore(0);

  /** A sweeper; {@link #start} starts it. */
  public ObjectSweeper(Artifacts artifacts) {
    super("registry-sweeper");
    this.artifacts = artifacts;
  }

  @Override
  protected void work() throws InterruptedException {
    if (artifacts.sweep() == 0 && stop.tryAcquire(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
      stop.drainPermits();
    }
  }

  /** Only the end wakes it: what a change leaves behind can wait. */
  @Override
  public void wake() {
    if (stopping()) {
      stop.release();
    }
  }

  @Override
  protected void release() {
    // Holds nothing.
  }
}
