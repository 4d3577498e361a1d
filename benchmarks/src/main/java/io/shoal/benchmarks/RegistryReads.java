package io.shoal.benchmarks;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpStatus;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Reads that are due at a fixed rate, whatever came of those before, over one HTTP/2 connection and
 * on one thread: the client shares the cores with the registry and shall cost little.
 */
final class RegistryReads implements AutoCloseable {
  /** A registry that is far behind shall be seen in the figures, not as an error of the client. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ClientFactory factory;
  private final WebClient client;
  private final IntFunction<String> paths;

  /**
   * Reads of a registry.
   *
   * @param url for instance {@code http://127.0.0.1:8090}
   * @param paths of the first, second, ... request; called from one thread
   */
  RegistryReads(String url, IntFunction<String> paths) {
    this.factory = ClientFactory.builder().workerGroup(1).build();
    this.client =
        WebClient.builder(url.replaceFirst("^http:", "h2c:"))
            .factory(factory)
            .responseTimeout(PATIENCE)
            .build();
    this.paths = paths;
  }

  /** Reads at a rate that grows evenly from one a second to {@code rate}, to warm up. */
  void ramp(int rate, int seconds) {
    var unused =
        latencies(
            rate * seconds / 2,
            // The integral of the rate, solved for the time of the i-th request.
            i -> (long) (1e9 * seconds * Math.sqrt(2.0 * i / ((double) rate * seconds))));
  }

  /**
   * Latencies in milliseconds at a fixed rate, each counted from when the request was due: a
   * registry that stalls is not asked less.
   */
  double[] at(int rate, int seconds) {
    return latencies(rate * seconds, i -> i * 1_000_000_000L / rate);
  }

  /** When the i-th request is due, in nanoseconds after the first. */
  private interface Schedule {
    long dueNs(int i);
  }

  private double[] latencies(int count, Schedule schedule) {
    double[] latencies = new double[count];
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    CompletableFuture<?>[] answers = new CompletableFuture<?>[count];
    long beginNs = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long dueNs = beginNs + schedule.dueNs(i);
      LockSupport.parkNanos(dueNs - System.nanoTime());
      int index = i;
      answers[i] =
          client
              .get(paths.apply(i))
              .aggregate()
              .handle(
                  (answer, failure) -> {
                    latencies[index] = (System.nanoTime() - dueNs) / 1e6;
                    if (failure != null || !answer.status().equals(HttpStatus.OK)) {
                      failures.add(failure != null ? failure.toString() : answer.toString());
                    }
                    return null;
                  });
    }
    CompletableFuture.allOf(answers).join();
    if (!failures.isEmpty()) {
      throw new IllegalStateException(
          failures.size() + " of " + count + " reads failed, the first with " + failures.peek());
    }
    return latencies;
  }

  @Override
  public void close() {
    factory.close();
  }
}
