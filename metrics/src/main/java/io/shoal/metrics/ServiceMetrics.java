package io.shoal.metrics;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.prometheus.PrometheusExpositionService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of one service: the JVM's and the process's from the start, whatever else is
 * {@linkplain #bind bound} under Micrometer's own names, and Shoal's as {@code shoal_*}.
 * docs/metrics.md lists them.
 */
public final class ServiceMetrics implements AutoCloseable {
  /** Where Prometheus finds them. */
  public static final String PATH = "/metrics";

  private static final Logger log = LoggerFactory.getLogger(ServiceMetrics.class);

  private final PrometheusMeterRegistry registry = PrometheusMeterRegistries.newRegistry();
  private final CopyOnWriteArrayList<AutoCloseable> bound = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Runnable> refreshes = new CopyOnWriteArrayList<>();

  /**
   * The metrics of a service.
   *
   * @param service its name, for instance {@code sidecar}
   * @param filters what else is to be done with meters; they come before the first of these
   */
  public ServiceMetrics(String service, MeterFilter... filters) {
    registry.config().meterFilter(new KafkaNames());
    for (MeterFilter filter : filters) {
      registry.config().meterFilter(filter);
    }
    bind(new JvmMemoryMetrics());
    bind(new JvmGcMetrics());
    bind(new JvmThreadMetrics());
    bind(new ClassLoaderMetrics());
    bind(new ProcessorMetrics());
    bind(new FileDescriptorMetrics());
    bind(new UptimeMetrics());
    Gauge.builder("shoal.build.info", () -> 1)
        .tag("service", service)
        .tag("version", version())
        .description("Which service this is, and its version.")
        .register(registry);
  }

  /** Where meters are registered. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Adds the meters of a library; one that can be closed is closed with these metrics. */
  public void bind(MeterBinder binder) {
    binder.bindTo(registry);
    if (binder instanceof AutoCloseable closeable) {
      bound.add(closeable);
    }
  }

  /**
   * A histogram of numbers that may be below one, which Micrometer's own would round up.
   *
   * @param name as Prometheus has it
   * @param bounds of the buckets, ascending
   * @return takes note of a number; neither waits nor allocates, but for the moment of a reading
   */
  public DoubleConsumer histogram(String name, String description, double... bounds) {
    Histogram histogram =
        Histogram.builder()
            .name(name)
            .help(description)
            .classicOnly()
            .withoutExemplars()
            .classicUpperBounds(bounds)
            .register(registry.getPrometheusRegistry());
    return histogram::observe;
  }

  /** Runs something before each time that the metrics are read, on a thread that may wait. */
  public void beforeReading(Runnable refresh) {
    refreshes.add(refresh);
  }

  /** Adds {@link #PATH} to a server, and lets its own meters count here. */
  public void serve(ServerBuilder server) {
    HttpService exposition = PrometheusExpositionService.of(registry.getPrometheusRegistry());
    server
        .meterRegistry(registry)
        // Some gauges ask RocksDB or a database: not on the threads that answer requests.
        .route()
        .path(PATH)
        .defaultServiceName("metrics")
        .build(
            (context, request) ->
                HttpResponse.of(
                    CompletableFuture.supplyAsync(
                        () -> {
                          refreshes.forEach(ServiceMetrics::refresh);
                          try {
                            return exposition.serve(context, request);
                          } catch (Exception e) {
                            throw new IllegalStateException("writing the metrics", e);
                          }
                        },
                        context.blockingTaskExecutor())));
  }

  @Override
  public void close() {
    for (AutoCloseable one : bound) {
      try {
        one.close();
      } catch (Exception e) {
        log.warn("closing {}", one, e);
      }
    }
    registry.close();
  }

  /** One that fails leaves the others as they are. */
  private static void refresh(Runnable refresh) {
    try {
      refresh.run();
    } catch (RuntimeException e) {
      log.warn("some metrics are not fresh: {}", e.toString());
    }
  }

  private static String version() {
    return Objects.requireNonNullElse(
        ServiceMetrics.class.getPackage().getImplementationVersion(), "unknown");
  }
}
