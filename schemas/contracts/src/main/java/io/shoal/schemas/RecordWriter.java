package io.shoal.schemas;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Writes records of one schema as Avro's own writer does, byte for byte, but faster: what is to be
 * done with each field is found out once and not for every record. What has no shortcut here, maps
 * for instance, is left to Avro's writer. Not for schemas that contain themselves. Thread-safe.
 *
 * @param <T> the generated record
 */
final class RecordWriter<T extends IndexedRecord> implements DatumWriter<T> {
  private final SpecificData data;
  private final DatumWriter<T> avro;
  private final ValueWriter fields;

  /** Writes a value of one schema. */
  @FunctionalInterface
  private interface ValueWriter {
    void write(Object value, Encoder out) throws IOException;
  }

  RecordWriter(Schema schema, SpecificData data) {
    this.data = data;
    this.avro = new SpecificDatumWriter<>(schema, data);
    this.fields = record(schema);
  }

  @Override
  public void setSchema(Schema schema) {
    throw new UnsupportedOperationException("a writer is for one schema");
  }

  /**
   * @throws RuntimeException Avro's own, which names the field, when the record does not fit its
   *     schema; something of it may have been written by then
   */
  @Override
  public void write(T record, Encoder out) throws IOException {
    try {
      fields.write(record, out);
    } catch (NullPointerException | ClassCastException e) {
      avro.write(record, out); // to fail as well, and to say where
      throw e;
    }
  }

  private ValueWriter writer(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
      return (value, out) -> out.writeLong(((Instant) value).toEpochMilli());
    }
    if (schema.getLogicalType() != null) {
      return avro(schema);
    }
    return switch (schema.getType()) {
      case RECORD -> record(schema);
      case ARRAY -> array(schema);
      case UNION -> union(schema);
      case ENUM -> (value, out) -> out.writeEnum(schema.getEnumOrdinal(value.toString()));
      case STRING -> (value, out) -> out.writeString((String) value);
      case INT -> (value, out) -> out.writeInt((int) value);
      case LONG -> (value, out) -> out.writeLong((long) value);
      case FLOAT -> (value, out) -> out.writeFloat((float) value);
      case DOUBLE -> (value, out) -> out.writeDouble((double) value);
      case BOOLEAN -> (value, out) -> out.writeBoolean((boolean) value);
      default -> avro(schema);
    };
  }

  private ValueWriter record(Schema schema) {
    ValueWriter[] writers =
        schema.getFields().stream()
            .map(field -> writer(field.schema()))
            .toArray(ValueWriter[]::new);
    return (value, out) -> {
      IndexedRecord record = (IndexedRecord) value;
      for (int i = 0; i < writers.length; i++) {
        writers[i].write(record.get(i), out);
      }
    };
  }

  private ValueWriter array(Schema schema) {
    boolean floats = schema.getElementType().getType() == Schema.Type.FLOAT;
    ValueWriter items = writer(schema.getElementType());
    return (value, out) -> {
      List<?> list = (List<?>) value;
      out.writeArrayStart();
      out.setItemCount(list.size());
      if (floats && FloatArrays.isView(list)) {
        FloatArrays.write(list, out);
      } else {
        for (Object item : list) {
          out.startItem();
          items.write(item, out);
        }
      }
      out.writeArrayEnd();
    };
  }

  /** A type or null; any other choice is Avro's. */
  private ValueWriter union(Schema schema) {
    List<Schema> types = schema.getTypes();
    if (types.size() != 2 || !schema.isNullable()) {
      return avro(schema);
    }
    int some = types.get(0).getType() == Schema.Type.NULL ? 1 : 0;
    ValueWriter writer = writer(types.get(some));
    return (value, out) -> {
      if (value == null) {
        out.writeIndex(1 - some);
      } else {
        out.writeIndex(some);
        writer.write(value, out);
      }
    };
  }

  private ValueWriter avro(Schema schema) {
    return new SpecificDatumWriter<>(schema, data)::write;
  }
}
