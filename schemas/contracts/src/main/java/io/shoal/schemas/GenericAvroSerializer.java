package io.shoal.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes Avro records of one schema in the {@linkplain WireFormat Confluent wire format} and
 * registers that schema under the value subject of each topic. Thread-safe.
 */
public final class GenericAvroSerializer implements Serializer<GenericRecord> {
  private final SchemaRegistry registry;
  private final Schema schema;
  private final GenericDatumWriter<GenericRecord> writer;
  private final Map<String, byte[]> headers = new ConcurrentHashMap<>();

  /** A serializer for records of this schema. */
  public GenericAvroSerializer(SchemaRegistry registry, Schema schema) {
    this.registry = registry;
    this.schema = schema;
    this.writer = new GenericDatumWriter<>(schema);
  }

  /**
   * @throws IncompatibleSchemaException when the registry refuses the schema
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  @Override
  public byte @Nullable [] serialize(String topic, @Nullable GenericRecord record) {
    if (record == null) {
      return null;
    }
    // Not computeIfAbsent: a registry that hangs must not hold a lock of the map.
    byte[] header = headers.get(topic);
    if (header == null) {
      header = WireFormat.header(registry.register(topic, schema));
      headers.put(topic, header);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      writer.write(record, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
