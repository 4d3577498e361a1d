package io.shoal.benchmarks.training;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The rate of the job that runs now, from what its tasks report. Static, because Flink makes the
 * tasks from bytes; so one job at a time.
 */
final class Throughput {
  private static final Queue<Sample> SAMPLES = new ConcurrentLinkedQueue<>();

  private record Sample(long timeNs, long points) {}

  private Throughput() {}

  /** Before a job starts. */
  static void clear() {
    SAMPLES.clear();
  }

  /** A task has now worked on so many points since the job began. */
  static void report(long points) {
    SAMPLES.add(new Sample(System.nanoTime(), points));
  }

  /**
   * Points a second, without the first part of the job, in which code is compiled.
   *
   * @param warmUpPoints that are not measured
   */
  static double perSecond(long warmUpPoints) {
    Sample first = null;
    Sample last = null;
    for (Sample sample : SAMPLES) {
      if (sample.points() >= warmUpPoints && first == null) {
        first = sample;
      }
      last = sample;
    }
    if (first == null || last == null || last.points() <= first.points()) {
      throw new IllegalStateException("the job ended before its rate could be measured");
    }
    return (last.points() - first.points()) * 1e9 / (last.timeNs() - first.timeNs());
  }
}
