package io.shoal.console.store;

import io.shoal.console.store.Batch.Quality;
import io.shoal.console.store.Batch.Rate;
import io.shoal.console.store.Batch.Sent;
import io.shoal.console.store.Batch.Slot;
import io.shoal.console.store.Batch.Span;
import io.shoal.console.store.Batch.Subject;
import io.shoal.schemas.avro.ShadowScore;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Adds what a batch counted to what was counted before. */
final class Sums {
  /** Versions and days that are kept. */
  private static final int SUBJECTS_MAX = 20_000;

  private static final int PRUNE_EVERY = 1_000;

  private int batches;

  void rates(Handle handle, Map<Slot, Rate> rates) {
    rates.forEach(
        (slot, rate) -> {
          handle
              .createQuery("select * from rate where span = ? and slot = ?")
              .bind(0, slot.span().seconds())
              .bind(1, slot.number())
              .map(
                  (rs, context) -> {
                    rate.predictions += rs.getLong("predictions");
                    rate.reviews += rs.getLong("reviews");
                    rate.unscored += rs.getLong("unscored");
                    rate.latencies.add(Bins.of(rs.getBytes("latencies"), Bins.LATENCIES));
                    return rate;
                  })
              .list();
          handle.execute(
              "merge into rate values (?,?,?,?,?,?)",
              slot.span().seconds(),
              slot.number(),
              rate.predictions,
              rate.reviews,
              rate.unscored,
              rate.latencies.toBytes());
        });
    for (Span span : Span.values()) {
      rates.keySet().stream()
          .filter(slot -> slot.span() == span)
          .mapToLong(Slot::number)
          .max()
          .ifPresent(
              newest ->
                  handle.execute(
                      "delete from rate where span = ? and slot < ?",
                      span.seconds(),
                      newest - span.keptMs / span.ms));
    }
  }

  void qualities(Handle handle, Map<Subject, Quality> qualities) {
    qualities.forEach(
        (subject, quality) -> {
          handle
              .createQuery("select * from quality where kind = ? and id = ?")
              .bind(0, String.valueOf(subject.kind()))
              .bind(1, subject.id())
              .map(
                  (rs, context) -> {
                    Qualities.add(quality, rs);
                    return quality;
                  })
              .list();
          handle.execute(
              "merge into quality values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
              String.valueOf(subject.kind()),
              subject.id(),
              quality.model,
              quality.firstEvent,
              quality.lastEvent,
              quality.predictions,
              quality.reviews,
              quality.scores.toBytes(),
              quality.risks.toBytes(),
              quality.frauds,
              quality.fraudReviews,
              quality.fraudScores.toBytes(),
              quality.fraudRisks.toBytes(),
              quality.legitimates,
              quality.legitimateReviews);
        });
    if (++batches % PRUNE_EVERY == 0) {
      prune(handle);
    }
  }

  /** By rank: one event time far ahead must not drop what is there. */
  private static void prune(Handle handle) {
    for (char kind : new char[] {Batch.OF_VERSION, Batch.OF_DAY}) {
      handle.execute(
          "delete from quality where kind = ? and id <= (select id from quality where kind = ?"
              + " order by id desc limit 1 offset ?)",
          String.valueOf(kind),
          String.valueOf(kind),
          SUBJECTS_MAX);
    }
  }

  void shadows(Handle handle, List<Sent<ShadowScore>> shadows) {
    for (Sent<ShadowScore> sent : shadows) {
      ShadowScore s = sent.value();
      boolean toReview = s.getFlips() && s.getReview();
      boolean toPass = s.getFlips() && !s.getReview();
      double amount = s.getAmount() == null ? 0 : s.getAmount();
      int known =
          handle.execute(
              "update shadow_sum set scored = scored + 1, flips_to_review = flips_to_review + ?,"
                  + " flips_to_pass = flips_to_pass + ?, amount_to_review = amount_to_review + ?,"
                  + " amount_to_pass = amount_to_pass + ?, last_at = ? where alias = ? and version"
                  + " = ?",
              toReview ? 1 : 0,
              toPass ? 1 : 0,
              toReview ? amount : 0,
              toPass ? amount : 0,
              sent.at(),
              s.getAlias(),
              s.getModelVersion());
      if (known == 0) {
        handle.execute(
            "insert into shadow_sum values (?,?,1,?,?,?,?,?)",
            s.getAlias(),
            s.getModelVersion(),
            toReview ? 1 : 0,
            toPass ? 1 : 0,
            toReview ? amount : 0,
            toPass ? amount : 0,
            sent.at());
      }
    }
  }
}
