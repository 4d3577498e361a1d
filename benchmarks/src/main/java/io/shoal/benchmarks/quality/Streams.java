package io.shoal.benchmarks.quality;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.HalfLife;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.Score;
import java.time.Duration;
import java.util.Random;

/**
 * Streams that would lead a learner astray, one event a second: each is scored prequentially, with
 * the guard against odd points and without it.
 */
final class Streams {
  private static final int D = 4;
  private static final int EVENTS = 60_000;
  private static final int BATCH = 1_000;
  private static final double DAY_EVENTS = 20_000;

  /** What an analyst looks at: two in a thousand. */
  private static final double REVIEW = 0.998;

  private Streams() {}

  /** The attacks and changes. */
  enum Kind {
    /** A tight burst far away, three batches long, and the same again later. */
    BURST("burst of fraud, its second wave: reviewed"),
    /** Fraud that moves away from normal traffic step by step. */
    POISON("slow poisoning, its last tenth: reviewed"),
    /** Day and night. */
    SEASON("day and night: honest traffic reviewed"),
    /** All traffic moves at once. */
    SUDDEN("sudden drift: traffic reviewed after it"),
    /** All traffic moves slowly. */
    GRADUAL("gradual drift: traffic reviewed during it");

    final String description;

    Kind(String description) {
      this.description = description;
    }

    /** Whether the figure counts frauds, of which more is better. */
    boolean countsFraud() {
      return this == BURST || this == POISON;
    }
  }

  /**
   * Share of the events that the kind counts which were reviewed.
   *
   * @param learnablePercentile 1 learns from every point
   */
  static double reviewed(Kind kind, double learnablePercentile, long seed) {
    AssignmentKernel kernel = KernelProvider.load(KernelChoice.SCALAR);
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder()
                .k(16)
                .dimension(D)
                .learnablePercentile(learnablePercentile)
                .halfLife(HalfLife.ofEventTime(Duration.ofDays(1)))
                .build(),
            kernel);
    Random random = new Random(seed);
    float[] points = new float[BATCH * D];
    boolean[] counted = new boolean[BATCH];
    Score score = new Score();
    int hits = 0;
    int all = 0;
    for (int from = 0; from < EVENTS; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        counted[i] = fill(kind, from + i, random, points, i * D);
      }
      if (learner.started()) {
        AnomalyScorer scorer = new AnomalyScorer(learner.snapshot());
        for (int i = 0; i < BATCH; i++) {
          if (counted[i]) {
            scorer.score(java.util.Arrays.copyOfRange(points, i * D, (i + 1) * D), score);
            all++;
            hits += score.score >= REVIEW ? 1 : 0;
          }
        }
      }
      learner.learn(new MiniBatch(points, BATCH, D, (long) ((from + BATCH) * 86_400_000L / DAY_EVENTS)));
    }
    return (double) hits / all;
  }

  /** Writes an event; returns whether it counts. */
  private static boolean fill(Kind kind, int t, Random random, float[] points, int at) {
    int blob = random.nextInt(3);
    double share = (double) t / EVENTS;
    boolean attack =
        switch (kind) {
          case BURST -> (t >= 30_000 && t < 33_000 || t >= 45_000 && t < 48_000) && t % 5 == 0;
          case POISON -> t >= 15_000 && t % 100 == 0;
          default -> false;
        };
    double shift =
        switch (kind) {
          case SEASON -> 3 * Math.sin(2 * Math.PI * t / DAY_EVENTS);
          case SUDDEN -> t >= 30_000 ? 12 : 0;
          case GRADUAL -> Math.max(0, Math.min(1, (share - 0.3) / 0.5)) * 12;
          default -> 0;
        };
    for (int f = 0; f < D; f++) {
      double centre = f == blob ? 6 : 0;
      points[at + f] = (float) (centre + shift + random.nextGaussian());
    }
    if (attack) {
      double far = kind == Kind.BURST ? 25 : 4 + 20 * (t - 15_000.0) / (EVENTS - 15_000);
      for (int f = 0; f < D; f++) {
        points[at + f] = (float) (far + random.nextGaussian() * 0.05);
      }
    }
    return switch (kind) {
      case BURST -> attack && t >= 45_000;
      case POISON -> attack && share > 0.9;
      case SEASON -> t >= 2 * DAY_EVENTS;
      case SUDDEN -> t >= 30_000;
      case GRADUAL -> t >= 18_000;
    };
  }
}
