package io.shoal.console.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The newest dead letters. */
public final class Letters {
  private static final String COLUMNS =
      "select id, at, reason, message, exception, source, source_partition, source_offset,"
          + " truncated, retried_at, retried_by, key_bytes, value_bytes from letter ";

  private final Jdbi jdbi;

  /** The dead letters in this database. */
  public Letters(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A dead letter.
   *
   * @param truncated whether it was too large to be kept; its bytes are then null
   * @param retriedAt when somebody sent it again; null for never
   */
  @SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
  public record Letter(
      long id,
      long at,
      String reason,
      String message,
      String exception,
      String source,
      int partition,
      long offset,
      boolean truncated,
      @Nullable Long retriedAt,
      @Nullable String retriedBy,
      byte @Nullable [] key,
      byte @Nullable [] value) {}

  /** How many there are for a reason. */
  public record Reason(String reason, long count, long lastAt) {}

  /** A page, the newest first; of one reason where it is not empty. */
  public List<Letter> page(String reason, long before, int limit) {
    String where = reason.isEmpty() ? "id < :before" : "reason = :reason and id < :before";
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(COLUMNS + "where " + where + " order by id desc limit :limit")
                .bind("reason", reason)
                .bind("before", before)
                .bind("limit", limit)
                .map((rs, context) -> letter(rs))
                .list());
  }

  /** One of them. */
  public Optional<Letter> find(long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(COLUMNS + "where id = ?")
                .bind(0, id)
                .map((rs, context) -> letter(rs))
                .findFirst());
  }

  /** All reasons, the most frequent first. */
  public List<Reason> reasons() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select reason, count(*), max(at) from letter group by reason order by 2 desc")
                .map((rs, context) -> new Reason(rs.getString(1), rs.getLong(2), rs.getLong(3)))
                .list());
  }

  /** Notes that somebody sent it again. */
  public void retried(long id, long atMs, String by) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "update letter set retried_at = ?, retried_by = ? where id = ?", atMs, by, id));
  }

  private static Letter letter(ResultSet rs) throws SQLException {
    return new Letter(
        rs.getLong("id"),
        rs.getLong("at"),
        rs.getString("reason"),
        rs.getString("message"),
        rs.getString("exception"),
        rs.getString("source"),
        rs.getInt("source_partition"),
        rs.getLong("source_offset"),
        rs.getBoolean("truncated"),
        rs.getObject("retried_at") == null ? null : rs.getLong("retried_at"),
        rs.getString("retried_by"),
        rs.getBytes("key_bytes"),
        rs.getBytes("value_bytes"));
  }
}
