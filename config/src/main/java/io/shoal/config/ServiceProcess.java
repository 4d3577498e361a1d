package io.shoal.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service as a process of its own: it reads its options, starts, and stops in order
 * when the process is told to. What a person can mend is one line and exit code 2; whatever else
 * keeps it from starting is one line, the log has the rest, and exit code 1.
 */
public final class ServiceProcess {
  private static final Logger log = LoggerFactory.getLogger(ServiceProcess.class);

  private ServiceProcess() {}

  /** Starts a service. */
  @FunctionalInterface
  public interface Starter {
    /**
     * Returns the service once it runs.
     *
     * @param values its options
     * @throws ConfigException for what a person can mend
     */
    AutoCloseable start(Map<String, String> values) throws Exception;
  }

  /** Where the values stand that the arguments of a main method name: in a properties file. */
  public static Supplier<Map<String, String>> file(String[] args) {
    return () -> {
      if (args.length != 1) {
        throw new ConfigException("give one argument, its properties file");
      }
      return ServiceConfig.load(Path.of(args[0]));
    };
  }

  /**
   * Runs a service; returns when it has stopped.
   *
   * @param name for messages
   * @param options gives its options, or throws {@link ConfigException}
   */
  public static void run(String name, Supplier<Map<String, String>> options, Starter starter)
      throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      AutoCloseable service = starter.start(options.get());
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> stop(name, service, stopped), name + "-shutdown"));
    } catch (ConfigException e) {
      end(2, name + ": " + e.getMessage());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (isTimeout(e)) {
        end(1, name + ": the brokers do not answer; is bootstrap.servers right, are they up?");
      }
      log.error("{} cannot start", name, e);
      end(1, name + ": cannot start: " + e);
    }
    stopped.await();
  }

  /** Says why a service cannot go on, and ends the process. */
  public static void end(int exitCode, String message) {
    System.err.println(message);
    System.exit(exitCode);
  }

  private static boolean isTimeout(Throwable e) {
    return e instanceof TimeoutException || (e.getCause() != null && isTimeout(e.getCause()));
  }

  private static void stop(String name, AutoCloseable service, CountDownLatch stopped) {
    try {
      service.close();
    } catch (Exception e) {
      log.warn("{} did not stop in order", name, e);
    } finally {
      stopped.countDown();
    }
  }
}
