package io.shoal.console.store;

import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What versions that do not decide said beside the one that did. */
public final class Shadows {
  private final Jdbi jdbi;

  /** The shadow scores in this database. */
  public Shadows(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Of a version under an alias.
   *
   * @param logged scores that the sidecars wrote; all, or the flips alone, as they are configured
   * @param flipsToReview decisions PASS that it would have reviewed
   * @param amountToReview what was at stake there
   */
  public record Sum(
      String alias,
      long version,
      long logged,
      long flipsToReview,
      long flipsToPass,
      double amountToReview,
      double amountToPass,
      long lastAt) {}

  /** One score. */
  public record Shadow(
      long id,
      long at,
      long eventTime,
      String transactionId,
      String entityId,
      String alias,
      long version,
      double score,
      @Nullable Double risk,
      boolean review,
      boolean flips,
      long decidedVersion,
      double decidedScore,
      boolean decidedReview,
      @Nullable Double amount,
      @Nullable Boolean fraud) {}

  /** All versions that were in the shadow, the last one first. */
  public List<Sum> sums(int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select * from shadow_sum order by last_at desc limit ?")
                .bind(0, limit)
                .map(
                    (rs, context) ->
                        new Sum(
                            rs.getString("alias"),
                            rs.getLong("version"),
                            rs.getLong("scored"),
                            rs.getLong("flips_to_review"),
                            rs.getLong("flips_to_pass"),
                            rs.getDouble("amount_to_review"),
                            rs.getDouble("amount_to_pass"),
                            rs.getLong("last_at")))
                .list());
  }

  /** Decisions that would have been others, the newest first. */
  public List<Shadow> flips(long before, int limit) {
    return query("s.flips and s.id < ? order by s.id desc limit ?", before, limit);
  }

  /** What was said of a transaction. */
  public List<Shadow> of(String transactionId) {
    return query("s.transaction_id = ? order by s.id desc limit ?", transactionId, 20);
  }

  private List<Shadow> query(String where, Object... values) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "select s.*, (select l.fraud from label l where l.transaction_id ="
                        + " s.transaction_id order by l.id desc limit 1) as fraud from shadow s"
                        + " where "
                        + where,
                    values)
                .map(
                    (rs, context) ->
                        new Shadow(
                            rs.getLong("id"),
                            rs.getLong("at"),
                            rs.getLong("event_time"),
                            rs.getString("transaction_id"),
                            rs.getString("entity_id"),
                            rs.getString("alias"),
                            rs.getLong("version"),
                            rs.getDouble("score"),
                            Predictions.real(rs, "risk"),
                            rs.getBoolean("review"),
                            rs.getBoolean("flips"),
                            rs.getLong("decided_version"),
                            rs.getDouble("decided_score"),
                            rs.getBoolean("decided_review"),
                            Predictions.real(rs, "amount"),
                            rs.getObject("fraud") == null ? null : rs.getBoolean("fraud")))
                .list());
  }
}
