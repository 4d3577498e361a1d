package io.shoal.inference;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.shoal.metrics.ServiceMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** A server of models alone: the protocol on one port, nothing else. */
public final class InferenceServer implements AutoCloseable {
  /** Connections that a server should bear. */
  public static final int CONNECTIONS_MAX = 10_000;

  private final Server server;
  private final Workers workers;
  private final ServiceMetrics metrics;

  /**
   * How to serve.
   *
   * @param address with port 0 for a free one
   * @param threads for large requests
   * @param queueMax most requests that wait for a thread
   * @param rowsMax most rows of a request
   * @param connectionsMax most connections
   */
  public record Settings(
      InetSocketAddress address, int threads, int queueMax, int rowsMax, int connectionsMax) {}

  private InferenceServer(Server server, Workers workers, ServiceMetrics metrics) {
    this.server = server;
    this.workers = workers;
    this.metrics = metrics;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException when it cannot listen there
   */
  public static InferenceServer start(Settings settings, ServedModels models) throws IOException {
    Workers workers = new Workers(settings.threads(), settings.queueMax());
    ServiceMetrics metrics = new ServiceMetrics("serve", InferenceEndpoint.durations());
    ServerBuilder builder =
        Server.builder()
            .http(settings.address())
            .maxNumConnections(settings.connectionsMax())
            .maxRequestLength(requestBytesMax(settings.rowsMax()))
            .unloggedExceptionsReportInterval(Duration.ZERO)
            .gracefulShutdownTimeout(Duration.ofMillis(100), Duration.ofSeconds(2))
            .errorHandler(
                (context, cause) ->
                    cause instanceof com.linecorp.armeria.common.ContentTooLargeException
                        ? HttpResponse.ofJson(
                            HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                            Map.of("error", "the body is too large; send fewer rows at a time"))
                        : null);
    InferenceEndpoint.addTo(
        builder, models, () -> !models.ready().isEmpty(), workers, settings.rowsMax(), metrics);
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      workers.close();
      metrics.close();
      throw new IOException(
          "cannot listen on %s (%s)".formatted(settings.address(), e.getCause()), e);
    }
    return new InferenceServer(server, workers, metrics);
  }

  /** Where it listens. */
  public int port() {
    return server.activeLocalPort();
  }

  /** Answers what it has begun, then stops. */
  @Override
  public void close() {
    server.stop().join();
    workers.close();
    metrics.close();
  }

  /** A row of a thousand features in JSON has some 16 KB. */
  private static long requestBytesMax(int rowsMax) {
    return Math.max(1 << 20, rowsMax * (16L << 10));
  }
}
