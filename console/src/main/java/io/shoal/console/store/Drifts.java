package io.shoal.console.store;

import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** When the traffic was no longer what a model had learned, and when it was again. */
public final class Drifts {
  private final Jdbi jdbi;

  /** The drifts in this database. */
  public Drifts(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** One change; what its figures are, the contract {@code DriftEvent} says. */
  public record Drift(
      long id,
      long at,
      long eventTime,
      String model,
      String job,
      long sequence,
      String change,
      String cause,
      double before,
      double after,
      long events,
      long modelSequence) {}

  /** A page, the newest first. */
  public List<Drift> page(long before, int limit) {
    return query("where id < ? order by id desc limit ?", before, limit);
  }

  /** For each model and cause the newest change, where that says that a drift goes on. */
  public List<Drift> going() {
    return query(
            "where id in (select max(id) from drift group by model, cause) order by id desc limit ?",
            100)
        .stream()
        .filter(drift -> drift.change().equals("STARTED"))
        .toList();
  }

  private List<Drift> query(String where, Object... values) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("select * from drift " + where, values)
                .map(
                    (rs, context) ->
                        new Drift(
                            rs.getLong("id"),
                            rs.getLong("at"),
                            rs.getLong("event_time"),
                            rs.getString("model"),
                            rs.getString("job"),
                            rs.getLong("sequence"),
                            rs.getString("change"),
                            rs.getString("cause"),
                            rs.getDouble("before_value"),
                            rs.getDouble("after_value"),
                            rs.getLong("events"),
                            rs.getLong("model_sequence")))
                .list());
  }
}
