package io.shoal.serving;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.shoal.metrics.ServiceMetrics;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleConsumer;

/** What a sidecar says of its predictions and models, beside what Kafka Streams says of it. */
final class SidecarMetrics {
  /** Scores are percentiles: what matters is at the upper end. */
  private static final double[] SCORES = {0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999};

  private static final double[] RISKS = {0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};

  private final MeterRegistry registry;
  private final DoubleConsumer scores;
  private final DoubleConsumer risks;

  SidecarMetrics(ServiceMetrics metrics) {
    this.registry = metrics.registry();
    this.scores =
        metrics.histogram("shoal_score", "Scores: percentiles among recent traffic.", SCORES);
    this.risks =
        metrics.histogram("shoal_risk", "Probabilities of fraud, once labels came.", RISKS);
  }

  /** Takes note of a prediction. */
  void predicted(Prediction prediction) {
    Double score = prediction.getScore();
    if (score != null) {
      scores.accept(score);
    }
    Double risk = prediction.getRisk();
    if (risk != null) {
      risks.accept(risk);
    }
  }

  /**
   * Takes note of a dead letter.
   *
   * @param reason of a small set
   */
  void deadLetter(String reason) {
    Counter.builder("shoal.dead.letters")
        .tag("reason", reason)
        .description("Records that were put aside, by the reason.")
        .register(registry)
        .increment();
  }

  /** What the thresholds are, and what comes of them. */
  void watch(ReviewBoard reviews, RecentPredictions recent) {
    Gauge.builder("shoal.review.cut", reviews, r -> Math.min(1, 1 - r.get().share()))
        .strongReference(true)
        .description("Score from which on a transaction is reviewed.")
        .register(registry);
    Gauge.builder("shoal.review.risk.cut", reviews, r -> r.get().risk())
        .strongReference(true)
        .description("Risk from which on a transaction is reviewed.")
        .register(registry);
    Gauge.builder("shoal.reviews.per.day", reviews, ReviewBoard::reviewsPerDay)
        .strongReference(true)
        .description("Reviews per day of event time, of late, of this instance's partitions.")
        .register(registry);
    for (Decision decision : Decision.values()) {
      FunctionCounter.builder("shoal.predictions", recent.count(decision), LongAdder::sum)
          .tag("decision", decision.name())
          .description("Predictions of this instance; those to REVIEW are its alerts.")
          .register(registry);
    }
  }

  void watch(ModelCache models, ShadowBoard board, Clock clock) {
    Gauge.builder("shoal.model.version", models, ModelCache::version)
        .description("Version of the champion, 0 before the first.")
        .register(registry);
    TimeGauge.builder("shoal.model.age", models, TimeUnit.SECONDS, m -> ageSeconds(m, clock))
        .description("Time since the champion was promoted; no value before the first.")
        .register(registry);
    FunctionCounter.builder("shoal.model.refused", models, ModelCache::refused)
        .description("Versions that were refused; the one before stays.")
        .register(registry);
    FunctionCounter.builder(
            "shoal.shadow.scored",
            board,
            b -> b.counts().stream().mapToLong(ShadowBoard.Counts::scored).sum())
        .description("Scores of versions that do not decide.")
        .register(registry);
    FunctionCounter.builder(
            "shoal.shadow.flips",
            board,
            b -> b.counts().stream().mapToLong(c -> c.wouldReview() + c.wouldPass()).sum())
        .description("Decisions that such a version would have made otherwise.")
        .register(registry);
  }

  private static double ageSeconds(ModelCache models, Clock clock) {
    ModelCache.Role champion = models.champion();
    return champion == null
        ? Double.NaN
        : Duration.between(champion.promotedAt(), clock.instant()).toMillis() / 1_000.0;
  }
}
