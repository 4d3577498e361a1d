package io.shoal.schemas;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro records of any schema from the {@linkplain WireFormat Confluent wire format}, each
 * with the schema that it was written with. Thread-safe.
 */
public final class GenericAvroDeserializer implements Deserializer<GenericRecord> {
  private static final ThreadLocal<@Nullable BinaryDecoder> DECODERS = new ThreadLocal<>();

  private final SchemaRegistry registry;
  private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new ConcurrentHashMap<>();

  /** A deserializer for records whose schemas stand in this registry. */
  public GenericAvroDeserializer(SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * @throws UndecodableRecordException when the bytes cannot be read, with the reason
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  @Override
  public @Nullable GenericRecord deserialize(String topic, byte @Nullable [] message) {
    if (message == null) {
      return null;
    }
    GenericDatumReader<GenericRecord> reader = reader(WireFormat.schemaId(message));
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(
                message,
                WireFormat.HEADER_BYTES,
                message.length - WireFormat.HEADER_BYTES,
                DECODERS.get());
    DECODERS.set(decoder);
    try {
      GenericRecord record = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw undecodable(reader, "bytes are left after the record", null);
      }
      return record;
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
      throw undecodable(reader, String.valueOf(e.getMessage()), e);
    }
  }

  private GenericDatumReader<GenericRecord> reader(int schemaId) {
    GenericDatumReader<GenericRecord> reader = readers.get(schemaId);
    if (reader == null) {
      Schema schema = registry.schema(schemaId);
      if (schema.getType() != Schema.Type.RECORD) {
        throw new UndecodableRecordException(
            "undecodable",
            "schema id " + schemaId + " is a " + schema.getName() + ", no record",
            null);
      }
      reader = new GenericDatumReader<>(schema);
      readers.put(schemaId, reader);
    }
    return reader;
  }

  private static UndecodableRecordException undecodable(
      GenericDatumReader<GenericRecord> reader, String detail, @Nullable Throwable cause) {
    return new UndecodableRecordException(
        "undecodable",
        "the value is no " + reader.getSchema().getFullName() + ": " + detail,
        cause);
  }
}
