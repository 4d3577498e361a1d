package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.export.KnownLabel;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is counted of a replay day by day: distances, clusters, and the reasons of alerts. */
public final class Days implements Replay.Listener {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** Days that later ones are compared with. */
  private static final int REFERENCE_DAYS = 7;

  /** Share that stands for a cluster without events, so that its logarithm is finite. */
  private static final double SHARE_MIN = 1e-4;

  private final Map<Long, Day> days = new TreeMap<>();
  private final Map<String, Integer> alertFeatures = new TreeMap<>();

  private static final class Day {
    final Map<Integer, Integer> clusters = new HashMap<>();
    int scored;
    double distance2Sum;
  }

  @Override
  public void predicted(
      Event event, float[] vector, Prediction prediction, @Nullable KnownLabel label) {
    Float distance2 = prediction.getDistance2();
    Integer cluster = prediction.getClusterId();
    if (distance2 == null || cluster == null) {
      return;
    }
    Day day = days.computeIfAbsent(Math.floorDiv(event.timeMs, DAY_MS), key -> new Day());
    day.scored++;
    // One extreme point is no drift.
    day.distance2Sum += Math.log1p(distance2);
    day.clusters.merge(cluster, 1, Integer::sum);
    if (prediction.getDecision() == Decision.REVIEW && !prediction.getContributions().isEmpty()) {
      alertFeatures.merge(prediction.getContributions().get(0).getFeature(), 1, Integer::sum);
    }
  }

  /** How often each feature was the first reason of an alert. */
  Map<String, Integer> alertFeatures() {
    return alertFeatures;
  }

  /** Mean of {@code ln(1 + d2)} to the nearest centroid, by day. */
  Map<LocalDate, Double> meanDistances() {
    Map<LocalDate, Double> means = new TreeMap<>();
    days.forEach((key, day) -> means.put(LocalDate.ofEpochDay(key), day.distance2Sum / day.scored));
    return means;
  }

  /**
   * Population stability index of the clusters' shares against the first week with predictions, by
   * day; past 0.25 is commonly taken for drift.
   */
  Map<LocalDate, Double> stability() {
    Day reference = new Day();
    Map<LocalDate, Double> indexes = new TreeMap<>();
    int seen = 0;
    for (Map.Entry<Long, Day> entry : days.entrySet()) {
      if (seen++ < REFERENCE_DAYS) {
        entry.getValue().clusters.forEach((c, n) -> reference.clusters.merge(c, n, Integer::sum));
        reference.scored += entry.getValue().scored;
      } else {
        indexes.put(LocalDate.ofEpochDay(entry.getKey()), index(reference, entry.getValue()));
      }
    }
    return indexes;
  }

  private static double index(Day reference, Day day) {
    Map<Integer, Integer> all = new HashMap<>(reference.clusters);
    day.clusters.forEach(all::putIfAbsent);
    double sum = 0;
    for (int cluster : all.keySet()) {
      double before = share(reference, cluster);
      double now = share(day, cluster);
      sum += (now - before) * Math.log(now / before);
    }
    return sum;
  }

  private static double share(Day day, int cluster) {
    return Math.max(SHARE_MIN, (double) day.clusters.getOrDefault(cluster, 0) / day.scored);
  }
}
