package io.shoal.console.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.console.store.Batch.Sent;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches: rows, sums and positions in one transaction, and drops what is beyond the bounds.
 * Used by one thread.
 */
public final class Writer {
  private static final int TEXT_MAX = 400;
  private static final int MESSAGE_MAX = 2_000;
  private static final int KEY_BYTES_MAX = 1 << 16;
  private static final int VALUE_BYTES_MAX = 1 << 20;

  /** Dead letters may be large. */
  private static final int LETTERS_MAX = 10_000;

  private static final int SHADOWS_MAX = 100_000;
  private static final int DRIFTS_MAX = 10_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final Jdbi jdbi;
  private final int rowsMax;
  private final Sums sums = new Sums();
  private final Map<String, Long> lastIds = new HashMap<>();

  /**
   * A writer.
   *
   * @param rowsMax predictions and labels that are kept
   */
  public Writer(Jdbi jdbi, int rowsMax) {
    this.jdbi = jdbi;
    this.rowsMax = rowsMax;
  }

  /** Where reading goes on; what is not in it was never read. */
  public Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    jdbi.useHandle(
        handle ->
            handle
                .createQuery("select topic, part, next_offset from position")
                .map(
                    (rs, context) ->
                        positions.put(
                            new TopicPartition(rs.getString(1), rs.getInt(2)), rs.getLong(3)))
                .list());
    return positions;
  }

  /** Forgets everything: the topics are others than those that it was read from. */
  public void clear() {
    jdbi.useTransaction(
        handle -> {
          for (String table :
              List.of(
                  "position",
                  "prediction",
                  "label",
                  "rate",
                  "quality",
                  "shadow",
                  "shadow_sum",
                  "drift",
                  "letter")) {
            handle.execute("delete from " + table);
          }
        });
    lastIds.clear();
  }

  /** Writes a batch, or nothing of it. */
  public void write(Batch batch) {
    try {
      jdbi.useTransaction(
          handle -> {
            predictions(handle, batch.predictions);
            labels(handle, batch.labels);
            shadows(handle, batch.shadows);
            drifts(handle, batch.drifts);
            letters(handle, batch.letters);
            sums.rates(handle, batch.rates);
            sums.qualities(handle, batch.qualities);
            sums.shadows(handle, batch.shadows);
            positions(handle, batch.positions);
          });
    } catch (RuntimeException e) {
      // What was not written has no id.
      lastIds.clear();
      throw e;
    }
  }

  private void predictions(Handle handle, List<Sent<Prediction>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into prediction values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    long id = nextId(handle, "prediction", rows.size());
    for (Sent<Prediction> row : rows) {
      Prediction p = row.value();
      batch.add(
          id++,
          row.partition(),
          row.at(),
          p.getEventTime().toEpochMilli(),
          text(p.getTransactionId()),
          text(p.getEntityId()),
          p.getScore(),
          p.getRisk(),
          Predictions.code(p.getDecision()),
          text(p.getReason()),
          p.getClusterId(),
          p.getDistance2(),
          contributions(p.getContributions()),
          p.getModelName(),
          p.getModelVersion(),
          p.getFingerprint(),
          p.getSourceTopic(),
          p.getSourcePartition(),
          p.getSourceOffset());
    }
    batch.execute();
    handle.execute("delete from prediction where id < ?", id - rowsMax);
  }

  private void labels(Handle handle, List<Sent<Feedback>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch = handle.prepareBatch("insert into label values (?,?,?,?,?,?,?,?,?,?,?)");
    long id = nextId(handle, "label", rows.size());
    for (Sent<Feedback> row : rows) {
      Feedback f = row.value();
      batch.add(
          id++,
          text(f.getTransactionId()),
          f.getKnownAt().toEpochMilli(),
          f.getEventTime().toEpochMilli(),
          text(f.getEntityId()),
          f.getFraud(),
          clip(f.getSource(), 200),
          f.getScore(),
          f.getRisk(),
          f.getReview(),
          f.getModelVersion());
    }
    batch.execute();
    handle.execute("delete from label where id < ?", id - rowsMax);
  }

  private void shadows(Handle handle, List<Sent<ShadowScore>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch("insert into shadow values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    long id = nextId(handle, "shadow", rows.size());
    for (Sent<ShadowScore> row : rows) {
      ShadowScore s = row.value();
      batch.add(
          id++,
          row.at(),
          s.getEventTime().toEpochMilli(),
          text(s.getTransactionId()),
          text(s.getEntityId()),
          clip(s.getAlias(), 250),
          s.getModelVersion(),
          s.getScore(),
          s.getRisk(),
          s.getReview(),
          s.getFlips(),
          s.getDecidedVersion(),
          s.getDecidedScore(),
          s.getDecidedReview(),
          s.getAmount());
    }
    batch.execute();
    handle.execute("delete from shadow where id < ?", id - SHADOWS_MAX);
  }

  private void drifts(Handle handle, List<Sent<DriftEvent>> rows) {
    long id = nextId(handle, "drift", rows.size());
    for (Sent<DriftEvent> row : rows) {
      DriftEvent d = row.value();
      handle.execute(
          "insert into drift values (?,?,?,?,?,?,?,?,?,?,?,?)",
          id++,
          row.at(),
          d.getEventTime().toEpochMilli(),
          clip(d.getModelName(), 250),
          clip(d.getJobId(), 250),
          d.getSequence(),
          clip(d.getChange(), 20),
          clip(d.getCause(), 20),
          d.getBefore(),
          d.getAfter(),
          d.getEvents(),
          d.getModelSequence());
    }
    if (!rows.isEmpty()) {
      handle.execute("delete from drift where id < ?", id - DRIFTS_MAX);
    }
  }

  private void letters(Handle handle, List<Sent<DeadLetter>> rows) {
    long id = nextId(handle, "letter", rows.size());
    for (Sent<DeadLetter> row : rows) {
      DeadLetter l = row.value();
      byte @Nullable [] key = bytes(l.getKey());
      byte @Nullable [] value = bytes(l.getValue());
      boolean truncated =
          (key != null && key.length > KEY_BYTES_MAX)
              || (value != null && value.length > VALUE_BYTES_MAX);
      handle.execute(
          "insert into letter values (?,?,?,?,?,?,?,?,?,?,?,null,null)",
          id++,
          l.getAt().toEpochMilli(),
          clip(l.getReason(), 100),
          clip(l.getMessage(), MESSAGE_MAX),
          clip(l.getException(), 500),
          clip(l.getSource(), 300),
          l.getPartition(),
          l.getOffset(),
          key == null || key.length <= KEY_BYTES_MAX ? key : null,
          value == null || value.length <= VALUE_BYTES_MAX ? value : null,
          truncated);
    }
    if (!rows.isEmpty()) {
      handle.execute("delete from letter where id < ?", id - LETTERS_MAX);
    }
  }

  private static void positions(Handle handle, Map<TopicPartition, Long> positions) {
    positions.forEach(
        (partition, next) ->
            handle.execute(
                "merge into position values (?,?,?)",
                partition.topic(),
                partition.partition(),
                next));
  }

  /** The first of so many ids. */
  private long nextId(Handle handle, String table, int count) {
    long last =
        lastIds.computeIfAbsent(
            table,
            t ->
                handle
                    .createQuery("select coalesce(max(id), 0) from " + t)
                    .mapTo(Long.class)
                    .one());
    lastIds.put(table, last + count);
    return last + 1;
  }

  private static String contributions(List<Contribution> contributions) {
    try {
      return JSON.writeValueAsString(
          contributions.stream()
              .map(
                  c ->
                      Map.of(
                          "feature", clip(c.getFeature(), 250),
                          "value", c.getValue(),
                          "share", c.getShare()))
              .toList());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("contributions as JSON", e);
    }
  }

  private static @Nullable String text(@Nullable String text) {
    return text == null ? null : clip(text, TEXT_MAX);
  }

  private static String clip(@Nullable String text, int max) {
    return text == null ? "" : text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
