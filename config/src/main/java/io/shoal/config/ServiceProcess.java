package io.shoal.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service as a process of its own: it reads its properties file, starts, and stops in
 * order when the process is told to. What a person can mend is one line and exit code 2; whatever
 * else keeps it from starting is one line, the log has the rest, and exit code 1.
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
     * @param values of its properties file
     * @throws ConfigException for what a person can mend
     */
    AutoCloseable start(Map<String, String> values) throws Exception;
  }

  /**
   * Runs a service; returns when it has stopped.
   *
   * @param name for messages
   * @param args of the main method: the properties file
   */
  public static void run(String name, String[] args, Starter starter) throws InterruptedException {
    if (args.length != 1) {
      end(2, name + ": give one argument, its properties file");
    }
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      Map<String, String> values = ServiceConfig.load(Path.of(args[0]));
      AutoCloseable service = starter.start(values);
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
