package io.shoal.serving;

import io.shoal.kmeans.Score;
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
      return "risk "
          + thousandths(Math.round(score.risk * 1_000))
          + (score.riskFeature < 0
              ? ": cluster " + score.clusterId + " has seen fraud"
              : ": frauds had such " + features.apply(score.riskFeature));
    }
    if (score.score >= 1 - share) {
      // Rounded down: a score just short of 1 is not 100 %.
      long percent = (long) Math.floor(score.score * 100_000);
      return "more unusual than " + thousandths(percent) + " % of recent traffic";
    }
    return null;
  }

  /** Not by a format, which would cost as much as the score itself. */
  private static String thousandths(long value) {
    String digits = Long.toString(1_000 + value % 1_000);
    return value / 1_000 + "." + digits.substring(1);
  }
}
