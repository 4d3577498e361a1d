package io.shoal.cli.produce;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to a pipeline, in their order, and what becomes known of them when the time of the
 * events has come to it. What is no event is left out, with a complaint.
 */
public final class EventSender {
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
  public EventSender(
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

  /** Is told how far the sending is. */
  @FunctionalInterface
  public interface Progress {
    /**
     * After each event.
     *
     * @param share of the events, in [0, 1]; 0 where there is no end
     */
    void at(double share, long sent);
  }

  /**
   * Sends events, or the first of them; returns when the brokers have them.
   *
   * @param stop asked before each event whether to end here
   * @throws ConfigException when they cannot be read
   */
  public void send(Events events, long limit, Pace pace, BooleanSupplier stop, Progress progress) {
    RecordReader reader = new RecordReader(features, schema);
    Event event = features.newEvent();
    while (sent < limit && !stop.getAsBoolean()) {
      try {
        if (!events.next()) {
          break;
        }
        GenericRecord record = events.record();
        reader.read(record, event);
        if (events.fraud()) {
          schedule.add(event.id, event.timeMs);
        }
        while (!pace.due()) {
          requireHealthy();
        }
        send(record, event);
      } catch (MalformedRowException | InvalidEventException e) {
        leaveOut(events.place(), String.valueOf(e.getMessage()));
      }
      progress.at(events.progress(), sent);
    }
    producer.flush();
    requireHealthy();
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

  /** What was no event. */
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

  private void leaveOut(String place, String why) {
    leftOut++;
    if (complaints.size() < COMPLAINTS_MAX) {
      complaints.add(place + ": " + why);
    }
  }
}
