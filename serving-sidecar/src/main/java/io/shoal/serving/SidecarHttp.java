package io.shoal.serving;

import com.linecorp.armeria.server.ServerListener;
import com.linecorp.armeria.server.healthcheck.HealthChecker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.shoal.features.FeatureSet;
import io.shoal.inference.InferenceEndpoint;
import io.shoal.inference.Workers;
import io.shoal.schemas.avro.Decision;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

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
      HealthChecker ready) {
    StateLookup states = new StreamsLookup(peers, config.isPartitionedByKey());
    GradesLookup grades = new GradesLookup(peers);
    int maturityDays = config.getInt(SidecarConfig.LABEL_MATURITY_DAYS);
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
            new GradeApi(grades, maturityDays),
            readiness),
        server -> {
          MeterRegistry metrics =
              InferenceEndpoint.addTo(
                  server,
                  models,
                  () -> ready.isHealthy() && !models.ready().isEmpty(),
                  workers,
                  ROWS_MAX);
          measure(metrics, models, board);
          measure(metrics, reviews, recent);
          GradeMetrics graded = new GradeMetrics(grades, maturityDays, metrics);
          server.serverListener(
              ServerListener.builder().whenStopping(stopped -> graded.close()).build());
        });
  }

  /** What the thresholds are, and what comes of them. */
  private static void measure(
      MeterRegistry metrics, ReviewBoard reviews, RecentPredictions recent) {
    Gauge.builder("shoal.review.cut", reviews, r -> Math.min(1, 1 - r.get().share()))
        .strongReference(true)
        .description("Score from which on a transaction is reviewed.")
        .register(metrics);
    Gauge.builder("shoal.review.risk.cut", reviews, r -> r.get().risk())
        .strongReference(true)
        .description("Risk from which on a transaction is reviewed.")
        .register(metrics);
    Gauge.builder("shoal.reviews.per.day", reviews, ReviewBoard::reviewsPerDay)
        .strongReference(true)
        .description("Reviews per day of event time, of late, of this instance's partitions.")
        .register(metrics);
    for (Decision decision : Decision.values()) {
      FunctionCounter.builder("shoal.predictions", recent.count(decision), LongAdder::sum)
          .tag("decision", decision.name())
          .description("Predictions of this instance.")
          .register(metrics);
    }
  }

  private static void measure(MeterRegistry metrics, ModelCache models, ShadowBoard board) {
    Gauge.builder("shoal.model.version", models, ModelCache::version)
        .description("Version of the champion, 0 before the first.")
        .register(metrics);
    FunctionCounter.builder("shoal.model.refused", models, ModelCache::refused)
        .description("Versions that were refused; the one before stays.")
        .register(metrics);
    FunctionCounter.builder(
            "shoal.shadow.scored",
            board,
            b -> b.counts().stream().mapToLong(ShadowBoard.Counts::scored).sum())
        .description("Scores of versions that do not decide.")
        .register(metrics);
    FunctionCounter.builder(
            "shoal.shadow.flips",
            board,
            b -> b.counts().stream().mapToLong(c -> c.wouldReview() + c.wouldPass()).sum())
        .description("Decisions that such a version would have made otherwise.")
        .register(metrics);
  }
}
