package io.shoal.serving;

import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import com.linecorp.armeria.server.healthcheck.HealthChecker;
import io.shoal.features.FeatureSet;
import io.shoal.inference.InferenceEndpoint;
import io.shoal.inference.Workers;
import io.shoal.metrics.ServiceMetrics;
import java.time.Clock;
import java.util.List;

/** The list of what the sidecar serves over HTTP and gRPC, on one port. */
final class SidecarHttp {
  private static final int ROWS_MAX = 10_000;

  private SidecarHttp() {}

  static FeatureServer start(
      SidecarConfig config,
      FeatureSet features,
      ModelCache models,
      ShadowBoard board,
      RecentPredictions recent,
      StateLookup states,
      Workers workers,
      Clock clock,
      SkewReport skew,
      ServiceMetrics metrics,
      HealthChecker alive,
      HealthChecker restored) {
    OnlineFeatures online = new OnlineFeatures(features, states, clock);
    RequestScorer scorer =
        new RequestScorer(features, online, models, config.reviewPolicy(), states);
    return FeatureServer.start(
        config.httpAddress(),
        alive,
        List.of(
            new FeatureApi(features, online, states, skew),
            new ScoreApi(scorer, online.fields(), workers),
            new StatusApi(models, config.canaries(), board, recent)),
        server -> {
          server.service("/ready", HealthCheckService.of(alive, restored));
          InferenceEndpoint.addTo(
              server,
              models,
              () -> alive.isHealthy() && !models.ready().isEmpty(),
              workers,
              ROWS_MAX,
              metrics);
        });
  }
}
