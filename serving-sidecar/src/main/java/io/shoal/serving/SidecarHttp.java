package io.shoal.serving;

import com.linecorp.armeria.server.ServerListener;
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
      ReviewBoard reviews,
      RecentPredictions recent,
      Peers peers,
      Readiness readiness,
      Workers workers,
      Clock clock,
      SkewReport skew,
      ServiceMetrics metrics,
      HealthChecker ready) {
    StateLookup states = new StreamsLookup(peers, config.isPartitionedByKey());
    GradesLookup grades = new GradesLookup(peers, config.getInt(SidecarConfig.LABEL_MATURITY_DAYS));
    OnlineFeatures online = new OnlineFeatures(features, states, clock);
    RequestScorer scorer = new RequestScorer(features, online, models, reviews, states);
    return FeatureServer.start(
        config.httpAddress(),
        ready,
        List.of(
            new FeatureApi(features, online, states, skew),
            new ScoreApi(scorer, online.fields(), workers),
            new StatusApi(models, config.canaries(), board),
            new PredictionsApi(recent, peers, features, online),
            new GradeApi(grades),
            readiness),
        server -> {
          InferenceEndpoint.addTo(
              server,
              models,
              () -> ready.isHealthy() && !models.ready().isEmpty(),
              workers,
              ROWS_MAX,
              metrics);
          GradeMetrics graded = new GradeMetrics(grades, metrics.registry());
          server.serverListener(
              ServerListener.builder().whenStopping(stopped -> graded.close()).build());
        });
  }
}
