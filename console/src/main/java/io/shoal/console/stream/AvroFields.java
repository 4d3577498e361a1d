package io.shoal.console.stream;

import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Avro records as fields that become JSON; moments as ISO-8601, bytes in hex. */
public final class AvroFields {
  private static final int BYTES_SHOWN = 256;
  private static final int ITEMS_SHOWN = 100;

  private AvroFields() {}

  /** The fields of a message; null when it cannot be read. */
  public static @Nullable Map<String, Object> of(
      GenericAvroDeserializer deserializer, ConsumerRecord<byte[], byte[]> message) {
    return of(deserializer, message.topic(), message.value());
  }

  /** The fields of a value; null when it cannot be read. */
  public static @Nullable Map<String, Object> of(
      GenericAvroDeserializer deserializer, String topic, byte @Nullable [] value) {
    try {
      GenericRecord record = deserializer.deserialize(topic, value);
      return record == null ? null : fields(record);
    } catch (UndecodableRecordException e) {
      return null;
    }
  }

  private static Map<String, Object> fields(GenericRecord record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Schema.Field field : record.getSchema().getFields()) {
      fields.put(field.name(), value(record.get(field.pos()), field.schema()));
    }
    return fields;
  }

  private static Object value(@Nullable Object value, Schema schema) {
    if (value instanceof GenericRecord record) {
      return fields(record);
    }
    if (value instanceof List<?> items) {
      return items.stream().limit(ITEMS_SHOWN).map(item -> value(item, schema)).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> shown = new LinkedHashMap<>();
      map.forEach((key, item) -> shown.put(String.valueOf(key), value(item, schema)));
      return shown;
    }
    if (value instanceof Long number && isMoment(schema)) {
      return Instant.ofEpochMilli(number).toString();
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] shown = new byte[Math.min(bytes.remaining(), BYTES_SHOWN)];
      bytes.duplicate().get(shown);
      return HexFormat.of().formatHex(shown);
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      return Double.isFinite(number) ? number : String.valueOf(number);
    }
    return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
  }

  private static boolean isMoment(Schema schema) {
    if (schema.getType() == Schema.Type.UNION) {
      return schema.getTypes().stream().anyMatch(AvroFields::isMoment);
    }
    return schema.getLogicalType() != null
        && schema.getLogicalType().getName().equals("timestamp-millis");
  }
}
