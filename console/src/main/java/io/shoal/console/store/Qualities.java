package io.shoal.console.store;

import io.shoal.console.store.Batch.Quality;
import io.shoal.kmeans.evaluation.RankingHistogram;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * How versions and days look beside the labels that came late. Scores and risks are counted in the
 * bins that the sidecars' grades are counted in, so that both say the same of the same day; what
 * was decided is known here alone.
 *
 * <p>Where only fraud is reported, as is usual, what was reviewed and never reported counts as a
 * false alarm; so the figures of the last days are of worth only once their labels are in. {@link
 * #maturity} says how far that is.
 */
public final class Qualities {
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** The precision is also of so many highest scores. */
  private static final int K = 100;

  private static final Maturity NONE = new Maturity(0, 0);

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
   * @param score how well the scores rank the frauds first; null without a fraud
   * @param risk the same of the risks; null also where none was told
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
      @Nullable Ranking score,
      @Nullable Ranking risk) {}

  /**
   * How well frauds are ranked first.
   *
   * @param auc probability that a fraud ranks higher than another
   * @param aucError its standard error: how far chance alone moves it
   * @param averagePrecision mean over the frauds of the precision down to them
   * @param precisionAt100 share of frauds among the hundred that rank highest
   */
  public record Ranking(
      double auc, double aucError, double averagePrecision, double precisionAt100) {}

  /**
   * How far labels are in.
   *
   * @param delayMs within which 95 of 100 frauds became known, of the newest; 0 before any
   * @param upTo event time before which labels are in, milliseconds since 1970; 0 before any
   */
  public record Maturity(long delayMs, long upTo) {}

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

  /**
   * How far labels are in: by how long the newest ones took, not by how new they are. A single
   * label that comes within the hour does not mean that all of that hour are known.
   */
  public Maturity maturity() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select (select percentile_disc(0.95) within group (order by known_at -"
                        + " event_time) from (select * from label order by id desc limit 20000)"
                        + " newest where fraud) as delay, (select percentile_disc(0.5) within group"
                        + " (order by event_time) from (select event_time from prediction order by"
                        + " id desc limit 1000) newest) as now")
                .map(
                    (rs, context) -> {
                      long delayMs = Math.max(0, rs.getLong("delay"));
                      boolean known = rs.getObject("delay") != null && rs.getObject("now") != null;
                      return known ? new Maturity(delayMs, rs.getLong("now") - delayMs) : NONE;
                    })
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
    sum.scores.add(Bins.of(rs.getBytes("scores"), RankingHistogram.BINS));
    sum.risks.add(Bins.of(rs.getBytes("risks"), RankingHistogram.BINS));
    sum.frauds += rs.getLong("frauds");
    sum.fraudReviews += rs.getLong("fraud_reviews");
    sum.fraudScores.add(Bins.of(rs.getBytes("fraud_scores"), RankingHistogram.BINS));
    sum.fraudRisks.add(Bins.of(rs.getBytes("fraud_risks"), RankingHistogram.BINS));
    sum.legitimates += rs.getLong("legitimates");
    sum.legitimateReviews += rs.getLong("legitimate_reviews");
  }

  private static Row row(long id, Quality q) {
    // Where both kinds of label come, a review without one is no false alarm.
    long judged = q.legitimates > 0 ? q.fraudReviews + q.legitimateReviews : q.reviews;
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
        ranking(q.fraudScores, q.scores),
        ranking(q.fraudRisks, q.risks));
  }

  private static @Nullable Ranking ranking(Bins frauds, Bins all) {
    RankingHistogram histogram = new RankingHistogram();
    long[] fraud = frauds.counts();
    long[] any = all.counts();
    for (int bin = 0; bin < any.length; bin++) {
      histogram.add(bin, true, fraud[bin]);
      histogram.add(bin, false, any[bin] - fraud[bin]);
    }
    RankingHistogram.Quality quality = histogram.quality(K);
    return Double.isFinite(quality.auc())
        ? new Ranking(
            quality.auc(), quality.aucError(), quality.averagePrecision(), quality.precision())
        : null;
  }

  private static @Nullable Double ratio(long part, long whole) {
    return whole > 0 ? Math.min((double) part / whole, 1) : null;
  }
}
