package io.shoal.jobs;

import io.shoal.features.FieldPath;
import io.shoal.schemas.UndecodableRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.Decoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads points out of the bytes of records of one schema, as a {@link RecordLayout} says. No record
 * is made: the numbers go from the bytes into a flat array, and what the layout does not name is
 * skipped. Holds the last point that it has read. For one thread.
 */
final class PointReader implements DatumReader<PointReader> {
  private static final Set<Schema.Type> NUMBERS =
      EnumSet.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);
  private static final Set<Schema.Type> TEXTS =
      EnumSet.of(Schema.Type.STRING, Schema.Type.ENUM, Schema.Type.INT, Schema.Type.LONG);
  private static final long MICROS_PER_MILLI = 1_000;

  /** Reads one value, or passes it over. */
  @FunctionalInterface
  private interface Step {
    void read(Decoder in) throws IOException;
  }

  private final RecordLayout layout;
  private final Step record;
  private final long unitsPerMilli;
  private final float[] values;
  private final Texts texts = new Texts();

  /** Avro writes floats as their bits, lowest byte first: a whole array is one copy. */
  private final byte[] floatBytes;

  private final FloatBuffer floats;

  private int read;
  private long eventTimeMs;
  private @Nullable String text;

  /**
   * @throws IllegalArgumentException when the schema lacks a field of the layout or has it with
   *     another type, one sentence for each
   */
  PointReader(RecordLayout layout, Schema schema) {
    this.layout = layout;
    FieldPath time = check(layout, schema);
    this.unitsPerMilli = time == null ? 1 : unitsPerMilli(time);
    this.values = new float[layout.features().size()];
    this.floatBytes = new byte[values.length * Float.BYTES];
    this.floats = ByteBuffer.wrap(floatBytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    this.record = record(schema, "");
  }

  /** The schema is known from the start. */
  @Override
  public void setSchema(Schema schema) {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads the next point and holds it.
   *
   * @throws UndecodableRecordException when a value is missing
   */
  @Override
  public PointReader read(@Nullable PointReader unused, Decoder in) throws IOException {
    read = 0;
    text = null;
    record.read(in);
    return this;
  }

  /** The text that was wanted beside the values of the last point; null where there is none. */
  @Nullable String text() {
    return text;
  }

  /**
   * Gives the last point's values and event time away.
   *
   * @param recordTimeMs the record's timestamp in Kafka
   * @throws UndecodableRecordException when a value is no finite number, or one too many or few
   */
  void fill(FeaturePoint point, long recordTimeMs) {
    if (layout.array() != null && read != values.length) {
      throw refused(
          "wrong-length",
          "%s has %d values, not %d".formatted(layout.array(), read, values.length));
    }
    for (int f = 0; f < values.length; f++) {
      if (!Float.isFinite(values[f])) {
        throw refused("not-finite", layout.features().get(f) + " is " + values[f]);
      }
    }
    System.arraycopy(values, 0, point.values, 0, values.length);
    point.eventTimeMs = layout.eventTime() == null ? recordTimeMs : eventTimeMs;
  }

  private Step record(Schema schema, String prefix) {
    Step[] steps =
        schema.getFields().stream()
            .map(field -> value(field.schema(), prefix + field.name()))
            .toArray(Step[]::new);
    return in -> {
      for (Step step : steps) {
        step.read(in);
      }
    };
  }

  private Step value(Schema schema, String name) {
    if (wanted().noneMatch(path -> path.equals(name) || path.startsWith(name + "."))) {
      return in -> GenericDatumReader.skip(schema, in);
    }
    return switch (schema.getType()) {
      case UNION -> {
        Step[] branches =
            schema.getTypes().stream().map(type -> value(type, name)).toArray(Step[]::new);
        yield in -> branches[in.readIndex()].read(in);
      }
      case RECORD -> record(schema, name + ".");
      case ARRAY -> array(schema.getElementType().getType());
      case INT, LONG -> integer(schema.getType() == Schema.Type.INT, name);
      case FLOAT, DOUBLE -> real(schema.getType() == Schema.Type.FLOAT, feature(name));
      case STRING -> in -> text = texts.of(in);
      case ENUM -> {
        List<String> symbols = schema.getEnumSymbols();
        yield in -> text = symbols.get(in.readEnum());
      }
      case NULL -> missing(name);
      default -> throw new IllegalStateException(name + " is " + schema.getType());
    };
  }

  private Step integer(boolean isInt, String name) {
    int feature = feature(name);
    boolean isTime = name.equals(layout.eventTime());
    boolean isText = name.equals(layout.text());
    return in -> {
      long value = isInt ? in.readInt() : in.readLong();
      if (feature >= 0) {
        values[feature] = value;
      }
      if (isTime) {
        eventTimeMs = Math.floorDiv(value, unitsPerMilli);
      }
      if (isText) {
        text = texts.of(value);
      }
    };
  }

  private Step real(boolean isFloat, int feature) {
    return isFloat
        ? in -> values[feature] = in.readFloat()
        : in -> values[feature] = (float) in.readDouble();
  }

  private Step array(Schema.Type element) {
    return in -> {
      for (long block = in.readArrayStart(); block != 0; block = in.arrayNext()) {
        int fitting = (int) Math.min(block, values.length - read);
        if (element == Schema.Type.FLOAT) {
          in.readFixed(floatBytes, 0, fitting * Float.BYTES);
          floats.get(0, values, read, fitting);
        } else {
          for (int i = 0; i < fitting; i++) {
            values[read + i] = number(element, in);
          }
        }
        for (long i = fitting; i < block; i++) {
          float unused = number(element, in);
        }
        read = Math.toIntExact(read + block);
      }
    };
  }

  private static float number(Schema.Type type, Decoder in) throws IOException {
    return switch (type) {
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> in.readFloat();
      default -> (float) in.readDouble();
    };
  }

  /** A null where something was wanted; only the text may be missing. */
  private Step missing(String name) {
    String values =
        Stream.concat(Stream.ofNullable(layout.array()), features())
            .filter(path -> path.equals(name) || path.startsWith(name + "."))
            .findFirst()
            .orElse(null);
    if (values != null) {
      return in -> {
        throw refused("no-value", values + " is null");
      };
    }
    String time = layout.eventTime();
    if (time != null && (time.equals(name) || time.startsWith(name + "."))) {
      return in -> {
        throw refused("no-event-time", time + " is null");
      };
    }
    return in -> text = null;
  }

  private Stream<String> wanted() {
    return Stream.concat(
        Stream.of(layout.array(), layout.eventTime(), layout.text()).flatMap(Stream::ofNullable),
        features());
  }

  /** Fields of their own; none where they stand in an array. */
  private Stream<String> features() {
    return layout.array() == null ? layout.features().stream() : Stream.empty();
  }

  private int feature(String name) {
    return layout.array() == null ? layout.features().indexOf(name) : -1;
  }

  private static UndecodableRecordException refused(String reason, String detail) {
    return new UndecodableRecordException(reason, detail, null);
  }

  /** Returns the field of the event time, if one is named. */
  private static @Nullable FieldPath check(RecordLayout layout, Schema schema) {
    List<String> problems = new ArrayList<>();
    String array = layout.array();
    if (array == null) {
      layout.features().forEach(name -> typed(schema, name, NUMBERS, "a number", problems));
    } else {
      checkArray(schema, array, problems);
    }
    String text = layout.text();
    if (text != null) {
      typed(schema, text, TEXTS, "a text, an enum or a whole number", problems);
    }
    String time = layout.eventTime();
    FieldPath timePath =
        time == null
            ? null
            : typed(schema, time, EnumSet.of(Schema.Type.LONG), "a time (a long)", problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "%s and %s do not fit the record %s: %s"
              .formatted(
                  TrainerConfig.VECTORS_TOPIC,
                  TrainerConfig.MODEL_FEATURES,
                  schema.getFullName(),
                  String.join("; ", problems)));
    }
    return timePath;
  }

  private static void checkArray(Schema schema, String name, List<String> problems) {
    Schema type = typed(schema, name, EnumSet.of(Schema.Type.ARRAY), "an array", problems).type();
    if (type != null
        && type.getType() == Schema.Type.ARRAY
        && !NUMBERS.contains(type.getElementType().getType())) {
      problems.add(
          "the field '%s' is an array of %s, not of numbers"
              .formatted(name, type.getElementType().getType().getName()));
    }
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

  private static long unitsPerMilli(FieldPath time) {
    Schema type = time.type();
    return type != null && type.getLogicalType() instanceof LogicalTypes.TimestampMicros
        ? MICROS_PER_MILLI
        : 1;
  }
}
