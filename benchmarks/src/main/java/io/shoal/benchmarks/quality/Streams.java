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
import java.util.Arrays;
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
    BURST("second wave of a burst of fraud: mean distance", 45_000),
    /** Fraud that moves away from normal traffic step by step. */
    POISON("last tenth of slow poisoning: mean distance", 54_000),
    /** Day and night. */
    SEASON("day and night: share of honest traffic reviewed", 40_000),
    /** All traffic moves at once. */
    SUDDEN("sudden drift: share of traffic reviewed after it", 30_000),
    /** All traffic moves slowly. */
    GRADUAL("gradual drift: share of traffic reviewed during it", 18_000);

    final String description;

    /** First event that counts. */
    final int from;

    Kind(String description, int from) {
      this.description = description;
      this.from = from;
    }

    /** Whether the figure counts frauds, of which more is better. */
    boolean countsFraud() {
      return this == BURST || this == POISON;
    }
  }

  /**
   * For an attack, the mean distance of its points from the nearest centroid, in units of the
   * scales: a captured centroid lies close; else the share of honest traffic that was reviewed.
   *
   * @param learnablePercentile 1 learns from every point
   */
  static double figure(Kind kind, double learnablePercentile, long seed) {
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
    boolean[] attacks = new boolean[BATCH];
    Score score = new Score();
    int reviewed = 0;
    int attacked = 0;
    double distances = 0;
    int all = 0;
    for (int from = 0; from < EVENTS; from += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        attacks[i] = fill(kind, from + i, random, points, i * D);
      }
      if (learner.started() && from >= kind.from) {
        AnomalyScorer scorer = new AnomalyScorer(learner.snapshot());
        for (int i = 0; i < BATCH; i++) {
          scorer.score(Arrays.copyOfRange(points, i * D, (i + 1) * D), score);
          all++;
          distances += attacks[i] ? Math.sqrt(score.distance2) : 0;
          attacked += attacks[i] ? 1 : 0;
          reviewed += score.score >= REVIEW ? 1 : 0;
        }
      }
      learner.learn(
          new MiniBatch(points, BATCH, D, (long) ((from + BATCH) * 86_400_000L / DAY_EVENTS)));
    }
    return kind.countsFraud() ? distances / attacked : (double) reviewed / all;
  }

  /** Writes an event; returns whether it is of an attack. */
  private static boolean fill(Kind kind, int t, Random random, float[] points, int at) {
    int blob = random.nextInt(3);
    double share = (double) t / EVENTS;
    boolean attack =
        switch (kind) {
          case BURST -> ((t >= 30_000 && t < 33_000) || (t >= 45_000 && t < 48_000)) && t % 30 == 0;
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
    return attack;
  }
}
