package io.shoal.local.deployment;

import io.shoal.local.deployment.Deployment.Identity;
import io.shoal.local.deployment.Deployment.Supervised;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the process of a deployment up: starts it anew when it fails, after a pause that doubles
 * with each failure and begins again once it has run for a while. A failure that only a person can
 * mend (exit code 2) ends it.
 */
public final class Supervisor {
  private static final int MENDABLE = 2;
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(60);
  private static final Duration SOUND = Duration.ofMinutes(5);
  private static final int LAST_LINE_BYTES = 4_096;

  private final Deployment deployment;
  private final List<String> command;
  private final Clock clock;
  private final Duration pauseMin;
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Process child;

  /**
   * A supervisor that has not started anything yet.
   *
   * @param command the command line that runs the deployment's parts until it is told to stop
   */
  public Supervisor(Deployment deployment, List<String> command, Clock clock) {
    this(deployment, command, clock, PAUSE_MIN);
  }

  Supervisor(Deployment deployment, List<String> command, Clock clock, Duration pauseMin) {
    this.deployment = deployment;
    this.command = List.copyOf(command);
    this.clock = clock;
    this.pauseMin = pauseMin;
  }

  /** Runs until the process is told to stop, or the failure is a person's to mend. */
  public void run() throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopInOrder, "supervisor-stop"));
    try {
      superviseUntilTold();
    } finally {
      ended.countDown();
    }
  }

  private void superviseUntilTold() throws InterruptedException {
    Duration pause = pauseMin;
    for (int restarts = 0; ; restarts++) {
      Instant started = clock.instant();
      Process process = start();
      child = process;
      tell(process.pid(), false, false, restarts, null);
      int exitCode = process.waitFor();
      if (told.getCount() == 0 || exitCode == 0) {
        tell(0, true, false, restarts, null);
        return;
      }
      String message = lastLine("exit code " + exitCode);
      if (exitCode == MENDABLE) {
        tell(0, true, false, restarts, message);
        return;
      }
      if (Duration.between(started, clock.instant()).compareTo(SOUND) > 0) {
        pause = pauseMin;
      }
      tell(0, false, true, restarts + 1, message);
      if (told.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        tell(0, true, false, restarts, null);
        return;
      }
      pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause.multipliedBy(2);
    }
  }

  private Process start() {
    try {
      return new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(deployment.console().toFile()))
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + command, e);
    }
  }

  private void tell(
      long pid, boolean isOver, boolean waiting, int restarts, @Nullable String message) {
    deployment.write(
        new Supervised(
            Identity.of(ProcessHandle.current()),
            pid,
            isOver,
            waiting,
            restarts,
            clock.instant(),
            message));
  }

  /** The JVM halts when its shutdown hooks end: this one holds it until the child has stopped. */
  private void stopInOrder() {
    told.countDown();
    Process process = child;
    if (process != null) {
      process.destroy();
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the child said last, which is its reason. */
  private String lastLine(String otherwise) {
    Path console = deployment.console();
    try (RandomAccessFile file = new RandomAccessFile(console.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - LAST_LINE_BYTES));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8)
          .strip()
          .lines()
          .reduce((first, second) -> second)
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
