package io.shoal.registry.server.http;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.metric.MeterIdPrefixFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.JacksonResponseConverterFunction;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import com.linecorp.armeria.server.throttling.ThrottlingService;
import com.linecorp.armeria.server.throttling.ThrottlingStrategy;
import io.shoal.config.ConfigException;
import io.shoal.metrics.ServiceMetrics;
import io.shoal.registry.server.events.EventFeed;
import io.shoal.registry.server.mlflow.MlflowApi;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Stores;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The HTTP side of the registry: the list of its services. */
public final class RegistryHttp {
  private static final int WORKERS = 16;

  private RegistryHttp() {}

  /**
   * How to listen.
   *
   * @param certificate for TLS, with its key; null for plain HTTP
   * @param requestBytesMax largest body
   * @param requestsPerSecond most requests
   */
  public record Listening(
      InetSocketAddress address,
      @Nullable Path certificate,
      @Nullable Path key,
      int requestBytesMax,
      int requestsPerSecond) {}

  /** JSON as the API speaks it. */
  public static JsonMapper json() {
    return JsonMapper.builder()
        .addModule(new JavaTimeModule())
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  /**
   * A server, not started.
   *
   * @param metrics that it tells
   * @param changed is run after each change, so that it is announced at once
   * @param home answers {@code /}
   */
  public static Server server(
      Listening listening,
      Stores stores,
      Registrar registrar,
      AliasPolicy policy,
      Guard guard,
      EventFeed feed,
      ServiceMetrics metrics,
      Runnable changed,
      Consumer<ServerBuilder> home,
      Clock clock) {
    JsonMapper json = json();
    ServerBuilder builder = Server.builder();
    listen(builder, listening);
    metrics.serve(builder);
    builder
        .maxRequestLength(listening.requestBytesMax())
        .blockingTaskExecutor(WORKERS)
        // Errors logs what is a failure; a refused request is none.
        .unloggedExceptionsReportInterval(Duration.ZERO)
        .errorHandler(new Errors())
        .service("/api", (context, request) -> HttpResponse.ofJson(index()))
        .service("/health", HealthCheckService.of())
        .decorator(RegistryHttp::withoutForms)
        .decorator(
            MetricCollectingService.newDecorator(
                MeterIdPrefixFunction.ofDefault("shoal.registry.http")))
        .decorator(guard)
        .decorator(
            ThrottlingService.builder(
                    ThrottlingStrategy.rateLimiting(listening.requestsPerSecond()))
                .onRejectedRequest((delegate, context, request, cause) -> Errors.tooMany())
                .newDecorator());
    for (Object api :
        new Object[] {
          new ReadApi(stores, clock),
          new PromotionApi(stores, policy, changed, json),
          new ArtifactApi(stores, registrar, changed),
          new WebhookApi(stores.webhooks()),
          new OpenApi()
        }) {
      builder
          .annotatedService()
          .pathPrefix("/api/v1")
          .useBlockingTaskExecutor(true)
          .decorator(new Conditional())
          .requestConverters(new JsonBody(json))
          .responseConverters(new JacksonResponseConverterFunction(json))
          .build(api);
    }
    builder
        .annotatedService()
        .pathPrefix("/api/v1")
        .useBlockingTaskExecutor(true)
        .build(new EventApi(feed));
    MlflowApi.addTo(builder, stores, registrar, policy, changed);
    home.accept(builder);
    return built(builder, listening);
  }

  /** Armeria would write the parts of a form to files, and fail where it cannot tell them apart. */
  private static HttpResponse withoutForms(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    MediaType type = request.contentType();
    return type != null && type.isMultipart() ? Errors.noForms() : delegate.serve(context, request);
  }

  /** The list of addresses at {@code /}, where no extension serves it. */
  public static void listAddresses(ServerBuilder builder) {
    builder.service("/", (context, request) -> HttpResponse.ofJson(index()));
  }

  /** Armeria tries certificate and key on each other when all is together. */
  private static Server built(ServerBuilder builder, Listening listening) {
    try {
      return builder.build();
    } catch (IllegalStateException e) {
      if (listening.certificate() == null) {
        throw e;
      }
      throw unusable(listening.certificate(), listening.key(), e);
    }
  }

  private static void listen(ServerBuilder builder, Listening listening) {
    Path certificate = listening.certificate();
    Path key = listening.key();
    if (certificate != null && key != null) {
      builder.https(listening.address()).tls(keyPair(certificate, key));
    } else {
      builder.http(listening.address());
    }
  }

  private static TlsKeyPair keyPair(Path certificate, Path key) {
    try {
      return TlsKeyPair.of(key.toFile(), certificate.toFile());
    } catch (IllegalArgumentException e) {
      throw unusable(certificate, key, e);
    }
  }

  private static ConfigException unusable(
      @Nullable Path certificate, @Nullable Path key, Exception cause) {
    return new ConfigException(
        "cannot use the certificate "
            + certificate
            + " with the key "
            + key
            + " for TLS: "
            + cause.getMessage()
            + "; both are PEM, the key PKCS #8 without a password, and belong together",
        cause);
  }

  private static Map<String, String> index() {
    return new TreeMap<>(
        Map.ofEntries(
            Map.entry("description", "/api/v1/openapi.yaml"),
            Map.entry("models", "/api/v1/models"),
            Map.entry("versions", "/api/v1/models/{model}/versions"),
            Map.entry("version", "/api/v1/models/{model}/versions/{version}"),
            Map.entry("aliases", "/api/v1/models/{model}/aliases"),
            Map.entry("audit", "/api/v1/models/{model}/audit"),
            Map.entry("deciding", "/api/v1/models/{model}/deciding?at={moment}"),
            Map.entry("events", "/api/v1/events"),
            Map.entry("mlflow", "/api/2.0/mlflow"),
            Map.entry("metrics", ServiceMetrics.PATH),
            Map.entry("health", "/health")));
  }
}
