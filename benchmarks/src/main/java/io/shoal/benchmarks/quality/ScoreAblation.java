package io.shoal.benchmarks.quality;

import io.shoal.features.Event;
import io.shoal.features.export.KnownLabel;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import io.shoal.kmeans.ScoringFormula;
import io.shoal.registry.client.ModelCodec;
import io.shoal.replay.Replay;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.schemas.avro.Prediction;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores each event of a replay also by formulas that lack one part, on the same models. */
final class ScoreAblation implements Replay.Listener {
  /** What a score is made of. */
  enum Variant {
    /** Squared distance to the nearest cluster: plain k-means. */
    DISTANCE("squared distance to the nearest cluster"),
    /** With the share. */
    DISTANCE_SHARE("the same - ln(share)"),
    /** With large clusters and the share. */
    LARGE_SHARE("squared distance to the nearest large cluster - ln(share)"),
    /** Robust, without large clusters. */
    ROBUST_SHARE("robust distance to the nearest cluster - ln(share)"),
    /** Robust, without the share. */
    ROBUST_LARGE("robust distance to the nearest large cluster"),
    /** The risk of clusters. */
    CLUSTER_RISK("risk of the three nearest clusters");

    final String description;

    Variant(String description) {
      this.description = description;
    }
  }

  private final int[] projection;
  private final Map<Variant, double[]> values = new EnumMap<>(Variant.class);
  private final Score score = new Score();
  private final float[] point;
  private final float[] scaled;
  private @Nullable Replay replay;
  private int size;
  private long version;
  private @Nullable ScoringFormula formula;
  private @Nullable AnomalyScorer clusterScorer;

  ScoreAblation(int[] projection) {
    this.projection = projection;
    this.point = new float[projection.length];
    this.scaled = new float[projection.length];
    for (Variant variant : Variant.values()) {
      values.put(variant, new double[1 << 16]);
    }
  }

  /** The replay whose versions score. */
  void of(Replay whole) {
    replay = whole;
  }

  double value(Variant variant, int i) {
    double[] of = values.get(variant);
    return of == null ? Double.NaN : of[i];
  }

  @Override
  public void predicted(
      Event event, float[] vector, Prediction prediction, @Nullable KnownLabel label) {
    values.replaceAll((v, all) -> size < all.length ? all : Arrays.copyOf(all, 2 * size));
    Long scoredBy = prediction.getModelVersion();
    if (scoredBy != null) {
      if (scoredBy != version && replay != null && replay.version() != null) {
        swap(replay.version());
        version = scoredBy;
      }
      for (int f = 0; f < projection.length; f++) {
        point[f] = vector[projection[f]];
      }
      score();
    }
    size++;
  }

  private void swap(ModelVersion next) {
    KMeansModelData model = ModelCodec.decode(next);
    formula = ScoringFormula.of(model);
    clusterScorer =
        new AnomalyScorer(
            KMeansModelData.builder()
                .centroids(model.centroids())
                .scales(model.scales())
                .weights(model.weights())
                .clusterIds(model.clusterIds())
                .fraudWeights(model.fraudWeights())
                .legitimateWeights(model.legitimateWeights())
                .scoreSketch(model.scoreSketch())
                .build());
  }

  private void score() {
    if (formula == null || clusterScorer == null) {
      return;
    }
    for (int f = 0; f < scaled.length; f++) {
      scaled[f] = point[f] * formula.inverseScales()[f];
    }
    int own = 0;
    for (int j = 1; j < formula.clusterIds().length; j++) {
      own = distance2(j) < distance2(own) ? j : own;
    }
    int large = formula.largeRows()[0];
    for (int j : formula.largeRows()) {
      large = distance2(j) < distance2(large) ? j : large;
    }
    double rarity = formula.minusLogShares()[own];
    set(Variant.DISTANCE, distance2(own));
    set(Variant.DISTANCE_SHARE, distance2(own) + rarity);
    set(Variant.LARGE_SHARE, distance2(large) + rarity);
    set(Variant.ROBUST_SHARE, robust(own) + rarity);
    set(Variant.ROBUST_LARGE, robust(large));
    clusterScorer.score(point, score);
    // Before the first label everything is as risky.
    set(Variant.CLUSTER_RISK, Double.isNaN(score.risk) ? 0 : score.risk);
  }

  private void set(Variant variant, double value) {
    double[] all = values.get(variant);
    if (all != null) {
      all[size] = value;
    }
  }

  private double distance2(int row) {
    double sum = 0;
    for (int f = 0; f < scaled.length && formula != null; f++) {
      double z = scaled[f] - formula.scaledCentroids()[row * scaled.length + f];
      sum += z * z;
    }
    return sum;
  }

  private double robust(int row) {
    double sum = 0;
    for (int f = 0; f < scaled.length && formula != null; f++) {
      double z = scaled[f] - formula.scaledCentroids()[row * scaled.length + f];
      sum += Math.log1p(z * z);
    }
    return formula == null ? sum : formula.tail() * sum;
  }
}
