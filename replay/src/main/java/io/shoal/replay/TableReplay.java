package io.shoal.replay;

import io.shoal.jobs.TrainerConfig;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.HalfLife;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.Score;

/**
 * The learner over a plain table of numbers: rows in their order as the stream, several passes for
 * fitting, then each row is scored by the last model. A table has no time, so nothing is forgotten,
 * and no flow that somebody could poison, so every row is learned from.
 */
public final class TableReplay {
  /** Fewest rows for a cluster. */
  private static final int ROWS_PER_CLUSTER = 10;

  private TableReplay() {}

  /**
   * Fits and scores.
   *
   * @param rows {@code [n][d]}, finite
   * @param passes over the rows; at least 1
   * @return anomaly scores in [0, 1], {@code [n]}
   * @throws IllegalArgumentException when there are too few rows or passes
   */
  public static double[] scores(float[][] rows, TrainerConfig settings, int passes) {
    if (passes < 1 || rows.length < ROWS_PER_CLUSTER) {
      throw new IllegalArgumentException(
          "a table needs %d rows and one pass, not %d rows and %d passes"
              .formatted(ROWS_PER_CLUSTER, rows.length, passes));
    }
    AnomalyScorer scorer = new AnomalyScorer(fit(rows, settings, passes));
    double[] scores = new double[rows.length];
    Score score = new Score();
    for (int i = 0; i < rows.length; i++) {
      scorer.score(rows[i], score);
      scores[i] = score.score;
    }
    return scores;
  }

  private static KMeansModelData fit(float[][] rows, TrainerConfig settings, int passes) {
    int d = rows[0].length;
    int k = Math.min(settings.k(), rows.length / ROWS_PER_CLUSTER);
    AssignmentKernel kernel = KernelProvider.load(settings.kernel());
    MiniBatchKMeansParameters.Builder parameters =
        MiniBatchKMeansParameters.builder()
            .k(k)
            .dimension(d)
            .seed(settings.seed())
            .halfLife(HalfLife.none())
            .learnablePercentile(1);
    if (rows.length < parameters.build().startPoints()) {
      parameters.startPoints(rows.length);
    }
    MiniBatchKMeans learner = new MiniBatchKMeans(parameters.build(), kernel);
    int size = settings.batchSize();
    float[] batch = new float[size * d];
    for (int pass = 0; pass < passes; pass++) {
      for (int from = 0; from < rows.length; from += size) {
        int n = Math.min(size, rows.length - from);
        for (int i = 0; i < n; i++) {
          System.arraycopy(rows[from + i], 0, batch, i * d, d);
        }
        learner.learn(new MiniBatch(batch, n, d, 0));
      }
    }
    return learner.snapshot();
  }
}
