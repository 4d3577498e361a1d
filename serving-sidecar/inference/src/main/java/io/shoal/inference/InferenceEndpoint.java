package io.shoal.inference;

import com.linecorp.armeria.common.grpc.GrpcMeterIdPrefixFunction;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.Id;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.shoal.metrics.ServiceMetrics;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The protocol's two forms, their documentation ({@code /docs}) and metrics, to be put into any
 * server.
 */
public final class InferenceEndpoint {
  private static final String METERS = "shoal.inference";

  private InferenceEndpoint() {}

  /**
   * Adds everything to a server.
   *
   * @param models that can be asked
   * @param ready whether all is well
   * @param workers for large requests
   * @param rowsMax most rows of a request
   * @param metrics that the server tells, made with {@link #durations}
   */
  public static void addTo(
      ServerBuilder server,
      ServedModels models,
      BooleanSupplier ready,
      Workers workers,
      int rowsMax,
      ServiceMetrics metrics) {
    Inference inference = new Inference(models, workers, rowsMax);
    Gauge.builder("shoal.inference.waiting", workers, Workers::waiting)
        .description("Requests that wait for a thread.")
        .register(metrics.registry());
    metrics.serve(server);
    server
        .service(
            GrpcService.builder()
                .addService(new GrpcInference(inference, ready))
                .addService(ProtoReflectionServiceV1.newInstance())
                // So that the documentation page can call it, and curl.
                .enableUnframedRequests(true)
                .build(),
            MetricCollectingService.newDecorator(GrpcMeterIdPrefixFunction.of(METERS + ".grpc")))
        .annotatedService()
        .decorator(
            MetricCollectingService.newDecorator(MeterIdPrefixFunction.ofDefault(METERS + ".rest")))
        .exceptionHandlers(new RestInference.Errors())
        .build(new RestInference(inference, ready))
        .serviceUnder("/docs", DocService.builder().build());
  }

  /** What metrics are to be made with: it counts the durations of requests in few buckets. */
  public static MeterFilter durations() {
    return new Buckets();
  }

  /**
   * Counts durations in fixed buckets. By default Armeria keeps percentiles of five figures of each
   * request, in three histograms each, which took longer than most of the answers.
   */
  private static final class Buckets implements MeterFilter {
    private static final double[] DURATIONS_NS =
        Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500)
            .mapToDouble(ms -> Duration.ofMillis(ms).toNanos())
            .toArray();

    @Override
    public DistributionStatisticConfig configure(Id id, DistributionStatisticConfig config) {
      if (!id.getName().startsWith(METERS)) {
        return config;
      }
      DistributionStatisticConfig.Builder fixed =
          DistributionStatisticConfig.builder().percentiles();
      if (id.getName().endsWith("total.duration")) {
        fixed.serviceLevelObjectives(DURATIONS_NS);
      }
      return fixed.build().merge(config);
    }
  }
}
