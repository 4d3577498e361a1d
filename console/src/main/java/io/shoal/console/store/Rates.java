package io.shoal.console.store;

import io.shoal.console.store.Batch.Span;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** How much was predicted when, and how fast. */
public final class Rates {
  private final Jdbi jdbi;

  /** The rates in this database. */
  public Rates(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * One span of time.
   *
   * @param from its beginning, milliseconds since 1970
   * @param p50 milliseconds from sending a transaction until its prediction was read here; null
   *     when none was measured
   */
  public record Point(
      long from,
      long predictions,
      long reviews,
      long unscored,
      @Nullable Double p50,
      @Nullable Double p99) {}

  /**
   * Rates over time.
   *
   * @param spanMs length of each point
   */
  public record Series(long spanMs, List<Point> points) {}

  /** Since then, in the finest spans that are kept for so long. */
  public Series since(long fromMs, long nowMs) {
    Span span = nowMs - fromMs <= Span.TEN_SECONDS.keptMs ? Span.TEN_SECONDS : Span.FIVE_MINUTES;
    List<Point> points =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("select * from rate where span = ? and slot >= ? order by slot")
                    .bind(0, span.seconds())
                    .bind(1, fromMs / span.ms)
                    .map(
                        (rs, context) -> {
                          Bins latencies = Bins.of(rs.getBytes("latencies"), Bins.LATENCIES);
                          return new Point(
                              rs.getLong("slot") * span.ms,
                              rs.getLong("predictions"),
                              rs.getLong("reviews"),
                              rs.getLong("unscored"),
                              finite(latencies.latencyQuantile(0.5)),
                              finite(latencies.latencyQuantile(0.99)));
                        })
                    .list());
    return new Series(span.ms, points);
  }

  /** Predictions and reviews of the last day, of all that was read. */
  public long[] lastDay(long nowMs) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select coalesce(sum(predictions), 0), coalesce(sum(reviews), 0) from rate"
                        + " where span = ? and slot >= ?")
                .bind(0, Span.FIVE_MINUTES.seconds())
                .bind(1, (nowMs - Duration.ofDays(1).toMillis()) / Span.FIVE_MINUTES.ms)
                .map((rs, context) -> new long[] {rs.getLong(1), rs.getLong(2)})
                .one());
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
