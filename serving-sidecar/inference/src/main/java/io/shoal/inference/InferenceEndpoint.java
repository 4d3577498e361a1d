package io.shoal.inference;

import com.linecorp.armeria.common.grpc.GrpcMeterIdPrefixFunction;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.Gauge;
import io.shoal.metrics.ServiceMetrics;
import java.util.function.BooleanSupplier;

/**
 * The protocol's two forms, their documentation ({@code /docs}) and metrics, to be put into any
 * server.
 */
public final class InferenceEndpoint {
  private InferenceEndpoint() {}

  /**
   * Adds everything to a server.
   *
   * @param models that can be asked
   * @param ready whether all is well
   * @param workers for large requests
   * @param rowsMax most rows of a request
   * @param metrics that the server tells
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
            MetricCollectingService.newDecorator(
                GrpcMeterIdPrefixFunction.of("shoal.inference.grpc")))
        .annotatedService()
        .decorator(
            MetricCollectingService.newDecorator(
                MeterIdPrefixFunction.ofDefault("shoal.inference.rest")))
        .exceptionHandlers(new RestInference.Errors())
        .build(new RestInference(inference, ready))
        .serviceUnder("/docs", DocService.builder().build());
  }
}
