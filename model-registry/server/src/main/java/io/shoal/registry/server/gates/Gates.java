package io.shoal.registry.server.gates;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.GateResult.Outcome;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.server.gates.RecentVectors.Sample;
import io.shoal.registry.server.store.DamagedArtifactException;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.ModelVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The gates before the champion's place. Each compares a candidate with the champion on vectors of
 * recent traffic, those first that the candidate has not learned from.
 */
public final class Gates {
  static final String FEATURE_SET = "feature-set";
  static final String MEAN_DISTANCE = "mean-distance";
  static final String SCORE_DRIFT = "score-drift";
  static final String FLIPS = "flips";
  private static final List<String> MEASURED = List.of(MEAN_DISTANCE, SCORE_DRIFT, FLIPS);

  /**
   * A champion that is so much farther from the traffic than a candidate is no measure for the
   * candidate's scores: it is young, or the world has changed, and would else stay for ever.
   */
  private static final double OUTGROWN = 0.8;

  private final GateBounds bounds;
  private final RecentVectors recent;
  private final FeatureLookup lookup;
  private final Function<String, Optional<ModelVersion>> champions;

  /**
   * Gates with these bounds.
   *
   * @param champions the champion of a model, or none
   */
  public Gates(
      GateBounds bounds,
      RecentVectors recent,
      FeatureLookup lookup,
      Function<String, Optional<ModelVersion>> champions) {
    this.bounds = bounds;
    this.recent = recent;
    this.lookup = lookup;
    this.champions = champions;
  }

  /** Scores and distances that one model gives to a sample. */
  private record Scores(double[] scores, double meanDistance2) {}

  /** What the gates say of a candidate that is sound in itself. */
  public List<GateResult> judge(ModelVersion candidate) {
    List<GateResult> results = new ArrayList<>();
    Optional<ModelVersion> champion;
    try {
      champion = champions.apply(candidate.getModelName());
    } catch (DamagedArtifactException e) {
      String why = String.valueOf(e.getMessage());
      results.add(new GateResult(FEATURE_SET, Outcome.FAILED, null, null, why));
      MEASURED.forEach(gate -> results.add(skipped(gate, "the champion cannot be read")));
      return results;
    }
    if (champion.isEmpty()) {
      results.add(skipped(FEATURE_SET, "there is no champion yet"));
      MEASURED.forEach(gate -> results.add(skipped(gate, "there is no champion yet")));
      return results;
    }
    GateResult sameFeatures = sameFeatures(candidate, champion.get());
    results.add(sameFeatures);
    if (sameFeatures.outcome() == Outcome.FAILED) {
      MEASURED.forEach(gate -> results.add(skipped(gate, "the features differ")));
      return results;
    }
    results.addAll(measured(candidate, champion.get()));
    return results;
  }

  private static GateResult sameFeatures(ModelVersion candidate, ModelVersion champion) {
    if (!candidate.getFingerprint().equals(champion.getFingerprint())
        || !candidate.getFeatures().equals(champion.getFeatures())) {
      return new GateResult(
          FEATURE_SET,
          Outcome.FAILED,
          null,
          null,
          "it learned from "
              + candidate.getFingerprint()
              + " "
              + candidate.getFeatures()
              + ", the champion from "
              + champion.getFingerprint()
              + " "
              + champion.getFeatures()
              + "; promote it by hand once the sidecars compute these");
    }
    return new GateResult(FEATURE_SET, Outcome.PASSED, null, null, "as the champion's");
  }

  private List<GateResult> measured(ModelVersion candidate, ModelVersion champion) {
    Optional<int[]> indexes = lookup.indexes(candidate.getFingerprint(), candidate.getFeatures());
    Sample sample =
        recent.sample(candidate.getFingerprint(), candidate.getOffsets(), bounds.vectorsMin());
    float[][] points = indexes.map(at -> points(sample, at)).orElse(new float[0][]);
    if (points.length < bounds.vectorsMin()) {
      String why =
          indexes.isEmpty()
              ? "the feature set is not known here"
              : "only " + points.length + " recent vectors";
      return MEASURED.stream().map(gate -> skipped(gate, why)).toList();
    }
    KMeansModelData champions = ModelCodec.decode(champion);
    KMeansModelData candidates = ModelCodec.decode(candidate);
    Scores theirs = scores(champions, points);
    Scores its = scores(candidates, points);
    // Distances are in units of the scales: both models are measured with the champion's.
    double distance2 = scores(withScales(candidates, champions.scales()), points).meanDistance2();
    String on =
        " on " + points.length + (sample.unseen() ? " vectors it has not seen" : " recent vectors");
    double ratio = ratio(distance2, theirs.meanDistance2());
    boolean outgrown = ratio <= OUTGROWN;
    return List.of(
        meanDistance(ratio, distance2, theirs.meanDistance2(), on),
        scoreDrift(its.scores(), theirs.scores(), outgrown, on),
        flips(its.scores(), theirs.scores(), outgrown, on));
  }

  private static double ratio(double its, double champions) {
    if (champions > 0) {
      return its / champions;
    }
    return its > 0 ? Double.MAX_VALUE : 1;
  }

  private GateResult meanDistance(double ratio, double its, double champions, String on) {
    return result(
        MEAN_DISTANCE,
        ratio <= bounds.distanceRatioMax(),
        ratio,
        bounds.distanceRatioMax(),
        text("mean d2 %.4g, the champion's %.4g", its, champions) + on);
  }

  private GateResult scoreDrift(double[] its, double[] champions, boolean outgrown, String on) {
    double drift = StabilityIndex.between(its, champions);
    String detail = text("stability index of the scores %.3f", drift) + on;
    return scored(SCORE_DRIFT, drift, bounds.driftMax(), outgrown, detail);
  }

  private GateResult flips(double[] its, double[] champions, boolean outgrown, String on) {
    double threshold = 1 - bounds.reviewShare();
    int flips = 0;
    for (int i = 0; i < its.length; i++) {
      if ((its[i] >= threshold) != (champions[i] >= threshold)) {
        flips++;
      }
    }
    double share = (double) flips / its.length;
    String detail =
        text("%.2f %% change sides at the top %.2f %%", 100 * share, 100 * bounds.reviewShare())
            + on;
    return scored(FLIPS, share, bounds.flipsMax(), outgrown, detail);
  }

  private static GateResult scored(
      String gate, double measured, double bound, boolean outgrown, String detail) {
    return outgrown
        ? new GateResult(
            gate,
            Outcome.SKIPPED,
            measured,
            bound,
            detail + "; the champion fits the traffic too badly to compare with")
        : result(gate, measured <= bound, measured, bound, detail);
  }

  private static Scores scores(KMeansModelData model, float[][] points) {
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score score = new Score();
    double[] scores = new double[points.length];
    double sum = 0;
    for (int i = 0; i < points.length; i++) {
      scorer.score(points[i], score);
      scores[i] = score.score;
      sum += score.distance2;
    }
    return new Scores(scores, sum / points.length);
  }

  private static KMeansModelData withScales(KMeansModelData model, float[] scales) {
    return KMeansModelData.builder()
        .centroids(model.centroids())
        .scales(scales)
        .weights(model.weights())
        .clusterIds(model.clusterIds())
        .fraudWeights(model.fraudWeights())
        .legitimateWeights(model.legitimateWeights())
        .scoreSketch(model.scoreSketch())
        .build();
  }

  private static float[][] points(Sample sample, int[] indexes) {
    return sample.vectors().stream()
        .map(vector -> FloatArrays.toArray(vector.getValues()))
        .filter(values -> usable(values, indexes))
        .map(values -> project(values, indexes))
        .toArray(float[][]::new);
  }

  private static boolean usable(float[] values, int[] indexes) {
    return Arrays.stream(indexes).allMatch(i -> i < values.length && Float.isFinite(values[i]));
  }

  private static float[] project(float[] values, int[] indexes) {
    float[] point = new float[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      point[i] = values[indexes[i]];
    }
    return point;
  }

  private static GateResult skipped(String gate, String why) {
    return new GateResult(gate, Outcome.SKIPPED, null, null, why);
  }

  private static GateResult result(
      String gate,
      boolean holds,
      @Nullable Double measured,
      @Nullable Double bound,
      String detail) {
    return new GateResult(gate, holds ? Outcome.PASSED : Outcome.FAILED, measured, bound, detail);
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
