package io.shoal.serving;

import io.shoal.kmeans.Score;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says which scores a person should look at.
 *
 * @param share of traffic to review for its score, in [0, 1]
 * @param risk from which on to review, in [0, 1]
 */
public record ReviewPolicy(double share, double risk) {

  /**
   * Why this score needs a review, or null when it passes.
   *
   * @param features names of the model's features by their index
   */
  public @Nullable String reason(Score score, IntFunction<String> features) {
    if (score.risk >= risk) {
      return score.riskFeature < 0
          ? String.format(
              Locale.ROOT, "risk %.3f: cluster %d has seen fraud", score.risk, score.clusterId)
          : String.format(
              Locale.ROOT,
              "risk %.3f: frauds had such %s",
              score.risk,
              features.apply(score.riskFeature));
    }
    if (score.score >= 1 - share) {
      return String.format(
          Locale.ROOT,
          "more unusual than %.3f %% of recent traffic",
          // Rounded down: a score just short of 1 is not 100 %.
          Math.floor(score.score * 100_000) / 1_000);
    }
    return null;
  }
}
