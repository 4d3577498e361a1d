package io.shoal.console.store;

import io.shoal.schemas.avro.Decision;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The newest predictions, found by what an analyst asks for. */
public final class Predictions {
  private static final String SELECT =
      "select p.*, l.fraud, l.known_at from (select * from prediction %s where %s"
          + " order by %s limit :limit) p"
          + " left join label l on l.id = (select max(id) from label where transaction_id ="
          + " p.transaction_id) order by p.id desc";

  /** Rows that are looked at for the cut: enough for both sides of it. */
  private static final int RECENT = 20_000;

  /** Share of the traffic up to which its scores are looked up, and beyond which rows are read. */
  private static final double RARE = 0.02;

  private final Jdbi jdbi;

  /** The predictions in this database. */
  public Predictions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A page, the newest first. */
  public List<PredictionRow> page(PredictionFilter filter, int limit) {
    List<String> where = new ArrayList<>();
    condition(where, filter.before(), "id < :before");
    condition(where, filter.after(), "id > :after");
    condition(where, filter.entity(), "entity_id = :entity");
    condition(where, filter.version(), "version = :version");
    condition(where, filter.decision(), "decision = :code");
    condition(where, filter.scoreMin(), "score >= :scoreMin");
    condition(where, filter.scoreMax(), "score <= :scoreMax");
    condition(where, filter.cluster(), "cluster_id = :cluster");
    if (where.isEmpty()) {
      where.add("true");
    }
    String column = column(filter);
    boolean byScore = column == null && rare(filter);
    String sql =
        String.format(
            SELECT,
            byScore
                ? "use index (prediction_score)"
                : column == null ? "" : "use index (prediction_" + indexOf(column) + ")",
            String.join(" and ", where),
            column == null ? "id desc" : column + " desc, id desc");
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(sql)
                .bindMethods(filter)
                .bind("code", filter.decision() == null ? -1 : code(filter.decision()))
                .bind("limit", limit)
                .map(Predictions::row)
                .list());
  }

  /** The newest prediction of a transaction. */
  public Optional<PredictionRow> find(String transactionId) {
    String sql =
        String.format(
            SELECT, "use index (prediction_transaction)", "transaction_id = :id", "id desc");
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(sql)
                .bind("id", transactionId)
                .bind("limit", 1)
                .map(Predictions::row)
                .findFirst());
  }

  /**
   * What passed lately: the highest score and the highest risk, below which a decision is PASS.
   *
   * @param score null when nothing passed
   * @param risk null when none of them had one
   */
  public record Cut(@Nullable Double score, @Nullable Double risk) {}

  /** The cut as the newest decisions show it. */
  public Cut cut() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select max(score) as score, max(risk) as risk from prediction where decision ="
                        + " 0 and id > (select coalesce(max(id), 0) from prediction) - :recent")
                .bind("recent", RECENT)
                .map((rs, context) -> new Cut(real(rs, "score"), real(rs, "risk")))
                .one());
  }

  /** How many are kept. */
  public long count() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select coalesce(max(id) - min(id) + 1, 0) from prediction")
                .mapTo(Long.class)
                .one());
  }

  private static void condition(List<String> where, @Nullable Object value, String sql) {
    if (value != null) {
      where.add(sql);
    }
  }

  /** The most selective column that is asked for by equality; it leads an index, then the id. */
  private static @Nullable String column(PredictionFilter filter) {
    if (filter.entity() != null) {
      return "entity_id";
    }
    if (filter.version() != null) {
      return "version";
    }
    if (filter.cluster() != null) {
      return "cluster_id";
    }
    return filter.decision() == null ? null : "decision";
  }

  /**
   * Whether few rows have such scores: a score is a share of the traffic, so its range is one too.
   */
  private static boolean rare(PredictionFilter filter) {
    double from = filter.scoreMin() == null ? 0 : filter.scoreMin();
    double to = filter.scoreMax() == null ? 1 : filter.scoreMax();
    return to - from <= RARE;
  }

  private static String indexOf(String column) {
    return column.replace("_id", "");
  }

  static int code(String decision) {
    return switch (decision) {
      case "PASS" -> 0;
      case "REVIEW" -> 1;
      case "UNSCORED" -> 2;
      default ->
          throw new IllegalArgumentException(
              "decision must be PASS, REVIEW or UNSCORED, not '" + decision + "'");
    };
  }

  static int code(Decision decision) {
    return code(decision.name());
  }

  private static PredictionRow row(ResultSet rs, StatementContext context) throws SQLException {
    boolean labelled = rs.getObject("fraud") != null;
    return new PredictionRow(
        rs.getLong("id"),
        rs.getInt("part"),
        rs.getLong("at"),
        rs.getLong("event_time"),
        rs.getString("transaction_id"),
        rs.getString("entity_id"),
        real(rs, "score"),
        real(rs, "risk"),
        new String[] {"PASS", "REVIEW", "UNSCORED"}[rs.getInt("decision")],
        rs.getString("reason"),
        rs.getObject("cluster_id") == null ? null : rs.getInt("cluster_id"),
        real(rs, "distance2"),
        rs.getString("contributions"),
        rs.getString("model"),
        rs.getObject("version") == null ? null : rs.getLong("version"),
        rs.getString("fingerprint"),
        rs.getString("source_topic"),
        rs.getInt("source_partition"),
        rs.getLong("source_offset"),
        labelled ? rs.getBoolean("fraud") : null,
        labelled ? rs.getLong("known_at") : null);
  }

  static @Nullable Double real(ResultSet rs, String column) throws SQLException {
    double value = rs.getDouble(column);
    return rs.wasNull() ? null : value;
  }
}
