package io.shoal.schemas;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one kind of Avro record from the {@linkplain WireFormat Confluent wire format}, whatever
 * compatible schema it was written with. Thread-safe.
 *
 * @param <T> the generated record
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
  private final SchemaRegistry registry;
  private final Schema readerSchema;
  private final SpecificData data;
  private final Map<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();
  private static final ThreadLocal<@Nullable BinaryDecoder> DECODERS = new ThreadLocal<>();

  /** A deserializer into this generated class. */
  public AvroDeserializer(SchemaRegistry registry, Class<T> type) {
    this.registry = registry;
    this.data = SpecificData.getForClass(type);
    this.readerSchema = data.getSchema(type);
  }

  /**
   * @throws UndecodableRecordException when the bytes cannot be read, with the reason
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  @Override
  public @Nullable T deserialize(String topic, byte @Nullable [] message) {
    if (message == null) {
      return null;
    }
    SpecificDatumReader<T> reader = reader(WireFormat.schemaId(message));
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(
                message,
                WireFormat.HEADER_BYTES,
                message.length - WireFormat.HEADER_BYTES,
                DECODERS.get());
    DECODERS.set(decoder);
    try {
      T record = reader.read(null, decoder);
      if (!decoder.isEnd()) {
        throw undecodable("bytes are left after the record", null);
      }
      return record;
    } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
      throw undecodable(String.valueOf(e.getMessage()), e);
    }
  }

  private SpecificDatumReader<T> reader(int schemaId) {
    SpecificDatumReader<T> reader = readers.get(schemaId);
    if (reader == null) {
      reader = new SpecificDatumReader<>(registry.schema(schemaId), readerSchema, data);
      readers.put(schemaId, reader);
    }
    return reader;
  }

  private UndecodableRecordException undecodable(String detail, @Nullable Throwable cause) {
    return new UndecodableRecordException(
        "undecodable", "the value is no " + readerSchema.getFullName() + ": " + detail, cause);
  }
}
