package io.shoal.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.JacksonRequestConverterFunction;
import com.linecorp.armeria.server.annotation.JacksonResponseConverterFunction;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import com.linecorp.armeria.server.healthcheck.HealthChecker;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sidecar's HTTP endpoint: {@code POST /get-online-features}, {@code GET /features}, {@code GET
 * /skew}, {@code GET /health}.
 */
public final class FeatureServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FeatureServer.class);
  private static final long REQUEST_BYTES_MAX = 1 << 20;

  private final Server server;

  private FeatureServer(Server server) {
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param address with port 0 for a free one
   * @param skew what {@code /skew} is to tell
   * @param ready whether {@code /health} is to say that all is well
   * @throws ConfigException when the port is taken
   */
  public static FeatureServer start(
      InetSocketAddress address,
      FeatureSet features,
      StateLookup states,
      Clock clock,
      SkewReport skew,
      HealthChecker ready) {
    JsonMapper json =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    Server server =
        Server.builder()
            .http(address)
            .maxRequestLength(REQUEST_BYTES_MAX)
            .unloggedExceptionsReportInterval(Duration.ZERO)
            .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
            .service("/health", HealthCheckService.of(ready))
            .annotatedService()
            .requestConverters(new JacksonRequestConverterFunction(json))
            .responseConverters(new JacksonResponseConverterFunction(json))
            .exceptionHandlers(FeatureServer::explain)
            .build(
                new FeatureApi(features, new OnlineFeatures(features, states, clock), states, skew))
            .build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw new ConfigException(
          "cannot listen on %s (%s); stop what listens there or set %s"
              .formatted(address, e.getCause(), SidecarConfig.HTTP_PORT),
          e);
    }
    return new FeatureServer(server);
  }

  /** Where it listens. */
  public int port() {
    return server.activeLocalPort();
  }

  @Override
  public void close() {
    server.stop().join();
  }

  private static HttpResponse explain(
      ServiceRequestContext context, HttpRequest request, Throwable e) {
    if (e instanceof IllegalArgumentException
        && e.getCause() instanceof JsonProcessingException json) {
      return error(HttpStatus.BAD_REQUEST, "INVALID_REQUEST", json.getOriginalMessage());
    }
    if (e instanceof IllegalArgumentException) {
      return error(HttpStatus.BAD_REQUEST, "INVALID_REQUEST", String.valueOf(e.getMessage()));
    }
    if (e instanceof StateUnavailableException) {
      return error(
          HttpStatus.SERVICE_UNAVAILABLE, "STATE_UNAVAILABLE", String.valueOf(e.getMessage()));
    }
    if (e instanceof HttpStatusException refused) {
      return error(refused.httpStatus(), "INVALID_REQUEST", refused.httpStatus().reasonPhrase());
    }
    log.error("{} {} failed", context.method(), context.path(), e);
    return error(
        HttpStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "the sidecar failed; its log says why");
  }

  private static HttpResponse error(HttpStatus status, String code, String message) {
    return HttpResponse.ofJson(status, Map.of("error_code", code, "message", message));
  }
}
