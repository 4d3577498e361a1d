package io.shoal.serving;

import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.InvalidEventException;
import io.shoal.features.RecordReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads and checks the events of a source, whatever schema each was written with. */
final class EventReader {
  /**
   * Events may be this far ahead of the clock; beyond, they would expire the windows of honest
   * ones.
   */
  private static final Duration EVENT_TIME_AHEAD_MAX = Duration.ofDays(1);

  private final FeatureSet features;
  private final Clock clock;

  /** By identity: the registry gives the same object for the same id. */
  private final IdentityHashMap<Schema, RecordReader> readers = new IdentityHashMap<>();

  EventReader(FeatureSet features, Clock clock) {
    this.features = features;
    this.clock = clock;
  }

  /**
   * Fills an event.
   *
   * @throws InvalidEventException when the record cannot be used
   */
  void read(@Nullable String key, @Nullable GenericRecord record, Event event) {
    if (record == null) {
      throw new InvalidEventException("undecodable", "the value is null");
    }
    reader(record.getSchema()).read(record, event);
    if (!event.keys[0].equals(key)) {
      // State is kept where the key's partition is: under another key an entity would have two.
      throw new InvalidEventException(
          key == null ? "missing-key" : "invalid-key",
          "the record's key is %s, it must be the %s '%s' as a string"
              .formatted(
                  key == null ? "missing" : "'" + key + "'",
                  features.entities().get(0).key(),
                  event.keys[0]));
    }
    if (event.timeMs < 0 || event.timeMs > clock.millis() + EVENT_TIME_AHEAD_MAX.toMillis()) {
      throw new InvalidEventException(
          "invalid-value",
          "%s is %s, it must lie between 1970 and a day after now"
              .formatted(features.source().eventTime(), Instant.ofEpochMilli(event.timeMs)));
    }
  }

  private RecordReader reader(Schema schema) {
    RecordReader reader = readers.get(schema);
    if (reader == null) {
      try {
        reader = new RecordReader(features, schema);
      } catch (ConfigException e) {
        throw new InvalidEventException("wrong-schema", String.valueOf(e.getMessage()));
      }
      readers.put(schema, reader);
    }
    return reader;
  }
}
