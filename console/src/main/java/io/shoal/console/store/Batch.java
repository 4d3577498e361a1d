package io.shoal.console.store;

import io.shoal.kmeans.evaluation.RankingHistogram;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What was read at one go, summed up, to be written in one transaction with the positions after it.
 */
public final class Batch {
  static final char OF_VERSION = 'V';
  static final char OF_DAY = 'D';
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** A record with where and when it was sent. */
  record Sent<T>(int partition, long at, T value) {}

  /** Spans of time that rates are kept for, the first the finest. */
  enum Span {
    TEN_SECONDS(Duration.ofSeconds(10), Duration.ofHours(2)),
    FIVE_MINUTES(Duration.ofMinutes(5), Duration.ofDays(8));

    final long ms;
    final long keptMs;

    Span(Duration span, Duration kept) {
      this.ms = span.toMillis();
      this.keptMs = kept.toMillis();
    }

    /** As what it is known in the store. */
    int seconds() {
      return (int) (ms / 1_000);
    }
  }

  record Slot(Span span, long number) {}

  static final class Rate {
    long predictions;
    long reviews;
    long unscored;
    final Bins latencies = new Bins(Bins.LATENCIES);
  }

  record Subject(char kind, long id) {}

  static final class Quality {
    @Nullable String model;
    long firstEvent = Long.MAX_VALUE;
    long lastEvent = Long.MIN_VALUE;
    long predictions;
    long reviews;
    final Bins scores = new Bins(RankingHistogram.BINS);
    final Bins risks = new Bins(RankingHistogram.BINS);
    long frauds;
    long fraudReviews;
    final Bins fraudScores = new Bins(RankingHistogram.BINS);
    final Bins fraudRisks = new Bins(RankingHistogram.BINS);
    long legitimates;
    long legitimateReviews;
  }

  final List<Sent<Prediction>> predictions = new ArrayList<>();
  final List<Sent<Feedback>> labels = new ArrayList<>();
  final List<Sent<ShadowScore>> shadows = new ArrayList<>();
  final List<Sent<DriftEvent>> drifts = new ArrayList<>();
  final List<Sent<DeadLetter>> letters = new ArrayList<>();
  final Map<Slot, Rate> rates = new HashMap<>();
  final Map<Subject, Quality> qualities = new HashMap<>();
  final Map<TopicPartition, Long> positions = new HashMap<>();

  /** Where to go on reading. */
  public void position(TopicPartition partition, long nextOffset) {
    positions.put(partition, nextOffset);
  }

  /**
   * Takes a prediction.
   *
   * @param latencyMs from sending the transaction until now; NaN where that says nothing
   * @param listed whether it is to be found later, or only counted
   */
  public void add(int partition, long at, Prediction p, double latencyMs, boolean listed) {
    boolean review = p.getDecision() == Decision.REVIEW;
    if (listed) {
      predictions.add(new Sent<>(partition, at, p));
    }
    for (Span span : Span.values()) {
      Rate rate = rates.computeIfAbsent(new Slot(span, at / span.ms), slot -> new Rate());
      rate.predictions++;
      rate.reviews += review ? 1 : 0;
      rate.unscored += p.getScore() == null ? 1 : 0;
      if (!Double.isNaN(latencyMs)) {
        rate.latencies.add(Bins.ofLatency(latencyMs));
      }
    }
    Double score = p.getScore();
    Long version = p.getModelVersion();
    if (score == null || version == null) {
      return;
    }
    long event = p.getEventTime().toEpochMilli();
    for (Quality quality : List.of(ofVersion(version), ofDay(event))) {
      quality.model = p.getModelName();
      quality.firstEvent = Math.min(quality.firstEvent, event);
      quality.lastEvent = Math.max(quality.lastEvent, event);
      quality.predictions++;
      quality.reviews += review ? 1 : 0;
      rank(quality.scores, score);
      rank(quality.risks, p.getRisk());
    }
  }

  /** Takes a label. */
  public void add(int partition, long at, Feedback feedback) {
    labels.add(new Sent<>(partition, at, feedback));
    Double score = feedback.getScore();
    Long version = feedback.getModelVersion();
    if (score == null || version == null) {
      return;
    }
    long review = feedback.getReview() ? 1 : 0;
    for (Quality quality :
        List.of(ofVersion(version), ofDay(feedback.getEventTime().toEpochMilli()))) {
      if (feedback.getFraud()) {
        quality.frauds++;
        quality.fraudReviews += review;
        rank(quality.fraudScores, score);
        rank(quality.fraudRisks, feedback.getRisk());
      } else {
        quality.legitimates++;
        quality.legitimateReviews += review;
      }
    }
  }

  /** Takes what another version said. */
  public void add(int partition, long at, ShadowScore shadow) {
    shadows.add(new Sent<>(partition, at, shadow));
  }

  /** Takes news of a drift. */
  public void add(int partition, long at, DriftEvent drift) {
    drifts.add(new Sent<>(partition, at, drift));
  }

  /** Takes a dead letter. */
  public void add(int partition, long at, DeadLetter letter) {
    letters.add(new Sent<>(partition, at, letter));
  }

  /**
   * Counts in the bins of {@link RankingHistogram}; what is no number in [0, 1] must not stop us.
   */
  private static void rank(Bins bins, @Nullable Double value) {
    if (value != null) {
      bins.add(RankingHistogram.bin(value >= 0 ? Math.min(value, 1) : 0));
    }
  }

  private Quality ofVersion(long version) {
    return qualities.computeIfAbsent(new Subject(OF_VERSION, version), s -> new Quality());
  }

  private Quality ofDay(long eventMs) {
    return qualities.computeIfAbsent(
        new Subject(OF_DAY, Math.floorDiv(eventMs, DAY_MS)), s -> new Quality());
  }
}
