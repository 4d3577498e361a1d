package io.shoal.features;

import io.shoal.config.ConfigException;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.definition.FeatureSetDefinition.Source;
import io.shoal.features.definition.FeatureSetDefinition.TimeUnit;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Reads events of one feature set out of Avro records of one schema. Immutable, thread-safe. */
public final class RecordReader {
  /**
   * Characters of an id or a key: they come back in everything that is written of an event, which
   * has to fit into a record of Kafka.
   */
  public static final int WORD_LENGTH_MAX = 1_024;

  private static final Set<Schema.Type> NUMBERS =
      EnumSet.of(
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.FLOAT,
          Schema.Type.DOUBLE,
          Schema.Type.BOOLEAN);
  private static final Set<Schema.Type> WORDS =
      EnumSet.of(
          Schema.Type.STRING,
          Schema.Type.ENUM,
          Schema.Type.INT,
          Schema.Type.LONG,
          Schema.Type.BOOLEAN);
  private static final Set<Schema.Type> TIMES = EnumSet.of(Schema.Type.LONG, Schema.Type.STRING);

  private final FieldPath id;
  private final FieldPath eventTime;
  private final TimeUnit timeUnit;
  private final FieldPath[] keys;
  private final FieldPath[] numbers;
  private final FieldPath[] categories;

  /**
   * A reader for records of this schema.
   *
   * @throws ConfigException when the schema lacks a field that the set reads, or has it with a type
   *     that it cannot be read as; one line for each
   */
  public RecordReader(FeatureSet features, Schema schema) {
    List<String> problems = new ArrayList<>();
    Source source = features.source();
    id = path(schema, source.id(), WORDS, "an id", problems);
    eventTime = path(schema, source.eventTime(), TIMES, "a time", problems);
    timeUnit = unit(eventTime.type(), source.timeUnit());
    keys =
        features.entities().stream()
            .map(Entity::key)
            .map(field -> path(schema, field, WORDS, "a key", problems))
            .toArray(FieldPath[]::new);
    numbers = paths(schema, features.numberFields(), NUMBERS, "a number", problems);
    categories = paths(schema, features.categoryFields(), WORDS, "a category", problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(
          "the feature set %s does not fit the record %s: %s"
              .formatted(features.name(), schema.getFullName(), String.join("; ", problems)));
    }
  }

  /**
   * Fills an event from a record.
   *
   * @throws InvalidEventException when a field is null that must not be, or no finite number, or an
   *     id or key longer than {@link #WORD_LENGTH_MAX}
   */
  public void read(IndexedRecord record, Event event) {
    event.id = word(id, record);
    event.timeMs = time(record);
    for (int i = 0; i < keys.length; i++) {
      event.keys[i] = word(keys[i], record);
    }
    for (int i = 0; i < numbers.length; i++) {
      event.numbers[i] = number(numbers[i], record);
    }
    for (int i = 0; i < categories.length; i++) {
      Object value = categories[i].value(record);
      event.categories[i] = value == null ? 0 : Event.hash(value.toString());
    }
  }

  private static String word(FieldPath path, IndexedRecord record) {
    Object value = path.value(record);
    String text = value == null ? "" : value.toString();
    if (text.isEmpty()) {
      throw new InvalidEventException("missing-key", path.name() + " is empty");
    }
    if (text.length() > WORD_LENGTH_MAX) {
      throw new InvalidEventException(
          "invalid-value",
          "%s has %,d characters, at most %,d are possible"
              .formatted(path.name(), text.length(), WORD_LENGTH_MAX));
    }
    return text;
  }

  private static double number(FieldPath path, IndexedRecord record) {
    Object value = path.value(record);
    if (value == null) {
      return Double.NaN;
    }
    double number =
        value instanceof Number n ? n.doubleValue() : Boolean.TRUE.equals(value) ? 1 : 0;
    if (!Double.isFinite(number)) {
      throw new InvalidEventException(
          "invalid-value", path.name() + " is " + number + ", it must be a finite number");
    }
    return number;
  }

  private long time(IndexedRecord record) {
    Object value = eventTime.value(record);
    if (value == null) {
      throw new InvalidEventException("invalid-value", eventTime.name() + " is null");
    }
    try {
      if (value instanceof Instant instant) {
        return instant.toEpochMilli();
      }
      return value instanceof Long number
          ? timeUnit.toMillis(number)
          : Instant.parse(value.toString()).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidEventException(
          "invalid-value", eventTime.name() + " is " + value + ", which is no time (ISO-8601)");
    }
  }

  private static FieldPath[] paths(
      Schema schema,
      List<String> fields,
      Set<Schema.Type> types,
      String as,
      List<String> problems) {
    return fields.stream()
        .map(field -> path(schema, field, types, as, problems))
        .toArray(FieldPath[]::new);
  }

  private static FieldPath path(
      Schema schema, String field, Set<Schema.Type> types, String as, List<String> problems) {
    FieldPath path = FieldPath.of(schema, field, problems);
    if (path.type() != null && !types.contains(path.type().getType())) {
      problems.add(
          "the field '%s' is %s and cannot be read as %s"
              .formatted(field, path.type().getType().getName(), as));
    }
    return path;
  }

  private static TimeUnit unit(@Nullable Schema type, TimeUnit declared) {
    LogicalType logical = type == null ? null : type.getLogicalType();
    if (logical instanceof LogicalTypes.TimestampMillis) {
      return TimeUnit.MILLISECONDS;
    }
    return logical instanceof LogicalTypes.TimestampMicros ? TimeUnit.MICROSECONDS : declared;
  }
}
