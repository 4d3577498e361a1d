package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets the versions that do not decide score the same vector: the challengers, and the champion
 * where a canary decided. Not thread-safe.
 */
final class ShadowScorer {
  private final ModelCache models;
  private final Predictor predictor;
  private final ShadowBoard board;
  private final ShadowLog log;
  private final int stake;
  private final Clock clock;

  /** Which scores are logged. */
  enum ShadowLog {
    NONE,
    FLIPS,
    ALL
  }

  /**
   * @param stakeField number of the source that is at stake; of no effect where there is none
   */
  ShadowScorer(
      FeatureSet features,
      Supplier<ReviewPolicy> policy,
      ModelCache models,
      ShadowBoard board,
      ShadowLog log,
      String stakeField,
      Clock clock) {
    this.models = models;
    this.predictor = new Predictor(features, policy);
    this.board = board;
    this.log = log;
    this.stake = features.numberFields().indexOf(stakeField);
    this.clock = clock;
  }

  /**
   * Scores an event that was decided.
   *
   * @param values of the whole feature set
   * @param out takes what is to be logged
   */
  void score(Event event, float[] values, Prediction decided, Consumer<ShadowScore> out) {
    if (!models.hasOthers() || decided.getModelVersion() == null) {
      return;
    }
    for (ModelCache.Role challenger : models.challengers()) {
      score(challenger, event, values, decided, out);
    }
    ModelCache.Role champion = models.champion();
    if (champion != null) {
      score(champion, event, values, decided, out);
    }
  }

  private void score(
      ModelCache.Role role,
      Event event,
      float[] values,
      Prediction decided,
      Consumer<ShadowScore> out) {
    if (role.model().version() == decided.getModelVersion()) {
      return;
    }
    Prediction other = predictor.predict(event, values, role.model());
    boolean review = other.getDecision() == Decision.REVIEW;
    boolean decidedReview = decided.getDecision() == Decision.REVIEW;
    ShadowScore score =
        new ShadowScore(
            event.id,
            decided.getEventTime(),
            event.keys[0],
            role.alias(),
            role.model().name(),
            role.model().version(),
            other.getScore(),
            other.getRisk(),
            review,
            review != decidedReview,
            decided.getModelVersion(),
            decided.getScore(),
            decidedReview,
            stake < 0 || Double.isNaN(event.numbers[stake]) ? null : event.numbers[stake]);
    board.add(score, clock.millis());
    if (log == ShadowLog.ALL || (log == ShadowLog.FLIPS && score.getFlips())) {
      out.accept(score);
    }
  }
}
