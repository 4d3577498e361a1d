package io.shoal.jobs;

import io.shoal.features.FieldPath;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.UndecodableRecordException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Reads points out of records of one schema, as a {@link RecordLayout} says. */
final class PointReader {
  private static final Set<Schema.Type> NUMBERS =
      EnumSet.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);
  private static final long MICROS_PER_MILLI = 1_000;

  private final FieldPath[] fields;
  private final @Nullable FieldPath array;
  private final @Nullable FieldPath eventTime;
  private final long unitsPerMilli;

  /**
   * @throws IllegalArgumentException when the schema lacks a field of the layout or has it with
   *     another type, one sentence for each
   */
  PointReader(RecordLayout layout, Schema schema) {
    List<String> problems = new ArrayList<>();
    String arrayName = layout.array();
    array = arrayName == null ? null : array(schema, arrayName, problems);
    fields =
        array != null
            ? new FieldPath[0]
            : layout.features().stream()
                .map(name -> number(schema, name, problems))
                .toArray(FieldPath[]::new);
    String timeName = layout.eventTime();
    eventTime = timeName == null ? null : time(schema, timeName, problems);
    unitsPerMilli = eventTime == null ? 1 : unitsPerMilli(eventTime);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s and %s do not fit the record %s: %s"
              .formatted(
                  TrainerConfig.VECTORS_TOPIC,
                  TrainerConfig.MODEL_FEATURES,
                  schema.getFullName(),
                  String.join("; ", problems)));
    }
  }

  /**
   * Fills values and event time.
   *
   * @param recordTimeMs the record's timestamp in Kafka
   * @throws UndecodableRecordException when a value is missing or no finite number
   */
  void read(IndexedRecord record, long recordTimeMs, FeaturePoint point) {
    if (array == null) {
      for (int f = 0; f < fields.length; f++) {
        point.values[f] = asFloat(fields[f].value(record), fields[f]);
      }
    } else {
      readArray(array, record, point.values);
    }
    point.eventTimeMs = recordTimeMs;
    if (eventTime != null) {
      if (!(eventTime.value(record) instanceof Long time)) {
        throw refused("no-event-time", eventTime.name() + " is null");
      }
      point.eventTimeMs = Math.floorDiv(time, unitsPerMilli);
    }
  }

  /** The cast to floats is checked by the schema. */
  @SuppressWarnings("unchecked")
  private static void readArray(FieldPath path, IndexedRecord record, float[] out) {
    if (!(path.value(record) instanceof List<?> values)) {
      throw refused("no-value", path.name() + " is null");
    }
    if (values.size() != out.length) {
      throw refused(
          "wrong-length",
          "%s has %d values, %s names %d"
              .formatted(path.name(), values.size(), TrainerConfig.MODEL_FEATURES, out.length));
    }
    if (elements(path).getType() == Schema.Type.FLOAT) {
      FloatArrays.copy((List<Float>) values, out, 0);
      for (float value : out) {
        requireFinite(value, path);
      }
    } else {
      for (int f = 0; f < out.length; f++) {
        out[f] = asFloat(values.get(f), path);
      }
    }
  }

  private static float asFloat(@Nullable Object value, FieldPath path) {
    if (!(value instanceof Number number)) {
      throw refused("no-value", path.name() + " is null");
    }
    return requireFinite(number.floatValue(), path);
  }

  private static float requireFinite(float value, FieldPath path) {
    if (!Float.isFinite(value)) {
      throw refused("not-finite", path.name() + " has " + value);
    }
    return value;
  }

  private static UndecodableRecordException refused(String reason, String detail) {
    return new UndecodableRecordException(reason, detail, null);
  }

  private static FieldPath number(Schema schema, String name, List<String> problems) {
    return typed(schema, name, NUMBERS, "a number", problems);
  }

  private static FieldPath time(Schema schema, String name, List<String> problems) {
    return typed(schema, name, EnumSet.of(Schema.Type.LONG), "a time (a long)", problems);
  }

  private static FieldPath array(Schema schema, String name, List<String> problems) {
    FieldPath path = typed(schema, name, EnumSet.of(Schema.Type.ARRAY), "an array", problems);
    if (path.type() != null
        && path.type().getType() == Schema.Type.ARRAY
        && !NUMBERS.contains(elements(path).getType())) {
      problems.add(
          "the field '%s' is an array of %s, not of numbers"
              .formatted(name, elements(path).getType().getName()));
    }
    return path;
  }

  private static FieldPath typed(
      Schema schema, String name, Set<Schema.Type> types, String as, List<String> problems) {
    FieldPath path = FieldPath.of(schema, name, problems);
    Schema type = path.type();
    if (type != null && !types.contains(type.getType())) {
      problems.add(
          "the field '%s' is %s and cannot be read as %s"
              .formatted(name, type.getType().getName(), as));
    }
    return path;
  }

  private static Schema elements(FieldPath array) {
    Schema type = array.type();
    if (type == null) {
      throw new IllegalStateException("no such field: " + array.name());
    }
    return type.getElementType();
  }

  private static long unitsPerMilli(FieldPath time) {
    Schema type = time.type();
    return type != null && type.getLogicalType() instanceof LogicalTypes.TimestampMicros
        ? MICROS_PER_MILLI
        : 1;
  }
}
