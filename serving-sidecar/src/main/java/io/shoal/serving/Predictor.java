package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.Score;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the prediction of one event from its vector and the model that scores now: the stream,
 * requests and the replay decide by this. Not thread-safe.
 */
public final class Predictor {
  private static final int DIMENSION_MAX = 1_024;

  private final String fingerprint;
  private final Supplier<ReviewPolicy> policy;
  private final float[] used = new float[DIMENSION_MAX];
  private final Score score = new Score();

  /** A predictor for vectors of this set. */
  public Predictor(FeatureSet features, ReviewPolicy policy) {
    this(features, () -> policy);
  }

  /** A predictor whose thresholds may move between two predictions. */
  Predictor(FeatureSet features, Supplier<ReviewPolicy> policy) {
    this.fingerprint = features.fingerprint();
    this.policy = policy;
  }

  /**
   * The prediction; where the event stands in its source is left to the caller.
   *
   * @param values of the whole feature set
   * @param model that scores now, or null while there is none
   */
  public Prediction predict(Event event, float[] values, @Nullable ActiveModel model) {
    Prediction prediction = new Prediction();
    prediction.setTransactionId(event.id);
    prediction.setEventTime(Instant.ofEpochMilli(event.timeMs));
    prediction.setEntityId(event.keys[0]);
    prediction.setFingerprint(fingerprint);
    prediction.setSourceTopic("");
    if (model == null) {
      prediction.setDecision(Decision.UNSCORED);
      prediction.setReason("no model yet");
      prediction.setContributions(List.of());
      return prediction;
    }
    model.score(values, used, score);
    String reason = policy.get().reason(score, model::feature);
    prediction.setScore(score.score);
    prediction.setRisk(Double.isNaN(score.risk) ? null : score.risk);
    prediction.setDecision(reason == null ? Decision.PASS : Decision.REVIEW);
    prediction.setReason(reason);
    prediction.setClusterId(score.clusterId);
    prediction.setDistance2(score.distance2);
    prediction.setContributions(contributions(model));
    prediction.setModelName(model.name());
    prediction.setModelVersion(model.version());
    return prediction;
  }

  private List<Contribution> contributions(ActiveModel model) {
    List<Contribution> top = new ArrayList<>(score.topFeatures.length);
    for (int i = 0; i < score.topFeatures.length && score.topFeatures[i] >= 0; i++) {
      int feature = score.topFeatures[i];
      top.add(new Contribution(model.feature(feature), used[feature], score.topShares[i]));
    }
    return top;
  }
}
