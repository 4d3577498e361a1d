package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.DaviesBouldin;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.LearningMetrics;
import java.util.HashMap;
import java.util.Map;

/** What a version tells of itself in numbers, under the names that docs/training.md explains. */
final class VersionMetrics {
  private VersionMetrics() {}

  /**
   * The numbers by name.
   *
   * @param metrics as of the version, before its snapshot was taken
   * @param recent points to measure the model on
   */
  static Map<String, Double> of(
      LearningMetrics metrics,
      DriftWatch drift,
      KMeansModelData model,
      AssignmentKernel kernel,
      RecentPoints recent) {
    Map<String, Double> values =
        new HashMap<>(
            Map.of(
                "events_learned",
                (double) (metrics.events() - metrics.refused()),
                "events_quarantined",
                (double) metrics.refused(),
                "quarantined_share",
                metrics.refusedShare(),
                "batches",
                (double) metrics.batches(),
                "mean_distance2",
                metrics.meanDistance2(),
                "clusters_reseeded",
                (double) metrics.reseeded(),
                "centre_movement",
                metrics.movement(),
                "drift",
                drift.standing() ? 1.0 : 0.0,
                "population_stability",
                drift.stability()));
    double index = DaviesBouldin.of(model, kernel, recent.points(), recent.size());
    // There is none of a single cluster, nor right after a restart.
    if (Double.isFinite(index)) {
      values.put("davies_bouldin", index);
    }
    return values;
  }
}
