package io.shoal.cli.produce;

import io.shoal.cli.table.AvroRows;
import io.shoal.cli.table.Cells;
import io.shoal.cli.table.CsvTable;
import io.shoal.cli.table.MalformedRowException;
import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.InvalidEventException;
import io.shoal.features.RecordReader;
import io.shoal.local.demo.Pace;
import io.shoal.local.traffic.LabelSchedule;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.GenericAvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Label;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.commons.csv.CSVRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of a file as events of a pipeline, in their order, and what becomes known of them
 * when the time of the events has come to it. A row that is none is left out, with a complaint.
 */
public final class FileSender {
  private static final int COMPLAINTS_MAX = 5;

  private final FeatureSet features;
  private final String topic;
  private final String labels;
  private final GenericAvroSerializer serializer;
  private final AvroSerializer<Label> labelSerializer;
  private final Schema schema;
  private final Producer<String, byte[]> producer;
  private final LabelSchedule schedule;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final List<String> complaints = new ArrayList<>();
  private long sent;
  private long leftOut;
  private long labelled;

  /**
   * A sender of events of this schema.
   *
   * @param labelDelay after which a fraud is known, by the time of the events
   */
  public FileSender(
      FeatureSet features,
      Schema schema,
      Topics topics,
      SchemaRegistry registry,
      Producer<String, byte[]> producer,
      Duration labelDelay) {
    this.features = features;
    this.schema = schema;
    this.topic = topics.source(features.source().topic());
    this.labels = topics.labels();
    this.serializer = new GenericAvroSerializer(registry, schema);
    this.labelSerializer = new AvroSerializer<>(registry, Label.class);
    this.producer = producer;
    this.schedule = new LabelSchedule(labelDelay);
  }

  /** Is told how far a file was sent. */
  @FunctionalInterface
  public interface Progress {
    /**
     * After each row.
     *
     * @param share of the file, in [0, 1]
     */
    void at(double share, long sent);
  }

  /**
   * Sends a file, or its first rows; returns when the brokers have them.
   *
   * @param label column that says whether an event was a fraud; null: none does
   * @throws ConfigException when its columns do not fit the schema
   */
  public void send(Path file, @Nullable String label, long limit, Pace pace, Progress progress) {
    RecordReader reader = new RecordReader(features, schema);
    Event event = features.newEvent();
    try (CsvTable table = CsvTable.open(file)) {
      AvroRows rows =
          new AvroRows(
              schema, table.columns(), features.source().id(), String.valueOf(file.getFileName()));
      int flag = label == null ? -1 : column(table, file, label);
      Iterator<CSVRecord> lines = table.iterator();
      while (sent < limit && lines.hasNext()) {
        CSVRecord row = lines.next();
        try {
          GenericRecord record = rows.record(row, table.line());
          reader.read(record, event);
          if (flag >= 0 && Cells.flag(row.get(flag).strip()).orElse(false)) {
            schedule.add(event.id, event.timeMs);
          }
          while (!pace.due()) {
            requireHealthy();
          }
          send(record, event);
        } catch (MalformedRowException | InvalidEventException e) {
          leaveOut(file, table.line(), String.valueOf(e.getMessage()));
        }
        progress.at(table.progress(), sent);
      }
      producer.flush();
      requireHealthy();
    } catch (UncheckedIOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e, e);
    }
  }

  /** Events that were sent. */
  public long sent() {
    return sent;
  }

  /** Labels that were sent. */
  public long labelled() {
    return labelled;
  }

  /** Frauds that are not known yet by the time of the last event. */
  public int unknown() {
    return schedule.size();
  }

  /** Rows that are no events. */
  public long leftOut() {
    return leftOut;
  }

  /** Why the first of them are none. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  private void send(GenericRecord record, Event event) {
    requireHealthy();
    publish(topic, event.keys[0], serializer.serialize(topic, record));
    sent++;
    for (Label known = schedule.poll(event.timeMs);
        known != null;
        known = schedule.poll(event.timeMs)) {
      publish(labels, known.getTransactionId(), labelSerializer.serialize(labels, known));
      labelled++;
    }
  }

  private void publish(String to, String key, byte @Nullable [] value) {
    var unused =
        producer.send(
            new ProducerRecord<>(to, key, value),
            (metadata, exception) -> {
              if (exception != null) {
                failure.compareAndSet(null, exception);
              }
            });
  }

  private void requireHealthy() {
    Exception failed = failure.get();
    if (failed != null) {
      throw new ConfigException(
          "the brokers take no more after %,d events: %s".formatted(sent, failed.getMessage()),
          failed);
    }
  }

  private void leaveOut(Path file, long line, String why) {
    leftOut++;
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add(file + ":" + line + ": " + why);
    }
  }

  private static int column(CsvTable table, Path file, String label) {
    int column = table.columns().indexOf(label);
    if (column < 0) {
      throw new ConfigException(
          "%s has no column '%s' for the labels; there are %s"
              .formatted(file, label, String.join(", ", table.columns())));
    }
    return column;
  }
}
