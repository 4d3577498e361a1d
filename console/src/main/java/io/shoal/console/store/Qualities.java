package io.shoal.console.store;

import io.shoal.console.store.Batch.Quality;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * How versions and days look beside the labels that came late.
 *
 * <p>Where only fraud is reported, as is usual, what was reviewed and never reported counts as a
 * false alarm; so precision, recall and AUC of the last days are of worth only once their labels
 * are in. {@link #labelledUpTo} says how far that is.
 */
public final class Qualities {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private final Jdbi jdbi;

  /** The qualities in this database. */
  public Qualities(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * One version, or one day of event time.
   *
   * @param id version, or days since 1970
   * @param firstEvent event time in milliseconds since 1970
   * @param precision share of the reviewed that were fraud; null when nothing was reviewed
   * @param recall share of the known frauds that were reviewed; null without any
   * @param auc probability that a fraud has a higher score than another; null without any
   */
  public record Row(
      long id,
      @Nullable String model,
      long firstEvent,
      long lastEvent,
      long predictions,
      long reviews,
      long frauds,
      long fraudReviews,
      long legitimates,
      @Nullable Double precision,
      @Nullable Double recall,
      @Nullable Double auc) {}

  /** Versions, the newest first. */
  public List<Row> versions(long before, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select * from quality where kind = 'V' and id < ? and predictions > 0 order by"
                        + " kind desc, id desc limit ?")
                .bind(0, before)
                .bind(1, limit)
                .map(Qualities::row)
                .list());
  }

  /** Days of event time, the oldest of the newest first. */
  public List<Row> days(int limit) {
    List<Row> newest =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        "select * from (select * from quality where kind = 'D' and predictions > 0"
                            + " order by id desc limit ?) newest order by id")
                    .bind(0, limit)
                    .map(Qualities::row)
                    .list());
    return newest;
  }

  /** All days together whose labels are in; no predictions when there is none. */
  public Row labelledDays(long labelledUpTo) {
    Quality sum =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("select * from quality where kind = 'D' and id < ?")
                    .bind(0, Math.floorDiv(labelledUpTo, DAY_MS))
                    .reduceResultSet(
                        new Quality(),
                        (all, rs, context) -> {
                          add(all, rs);
                          return all;
                        }));
    return row(0, sum);
  }

  /** Event time of the newest transaction that has a label; 0 for none. */
  public long labelledUpTo() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select coalesce(max(event_time), 0) from (select event_time from label order"
                        + " by id desc limit 1000) newest")
                .mapTo(Long.class)
                .one());
  }

  private static Row row(ResultSet rs, StatementContext context) throws SQLException {
    Quality one = new Quality();
    add(one, rs);
    return row(rs.getLong("id"), one);
  }

  /** Adds a row of the table. */
  static void add(Quality sum, ResultSet rs) throws SQLException {
    sum.model = sum.model == null ? rs.getString("model") : sum.model;
    sum.firstEvent = Math.min(sum.firstEvent, rs.getLong("first_event"));
    sum.lastEvent = Math.max(sum.lastEvent, rs.getLong("last_event"));
    sum.predictions += rs.getLong("predictions");
    sum.reviews += rs.getLong("reviews");
    sum.scores.add(Bins.of(rs.getBytes("scores"), Bins.SCORES));
    sum.frauds += rs.getLong("frauds");
    sum.fraudReviews += rs.getLong("fraud_reviews");
    sum.fraudScores.add(Bins.of(rs.getBytes("fraud_scores"), Bins.SCORES));
    sum.legitimates += rs.getLong("legitimates");
    sum.legitimateReviews += rs.getLong("legitimate_reviews");
  }

  private static Row row(long id, Quality q) {
    // Where both kinds of label come, a review without one is no false alarm.
    long judged = q.legitimates > 0 ? q.fraudReviews + q.legitimateReviews : q.reviews;
    double auc = Bins.auc(q.fraudScores, q.scores);
    return new Row(
        id,
        q.model,
        q.firstEvent,
        q.lastEvent,
        q.predictions,
        q.reviews,
        q.frauds,
        q.fraudReviews,
        q.legitimates,
        ratio(q.fraudReviews, judged),
        ratio(q.fraudReviews, q.frauds),
        Double.isNaN(auc) ? null : auc);
  }

  private static @Nullable Double ratio(long part, long whole) {
    return whole > 0 ? Math.min((double) part / whole, 1) : null;
  }
}
