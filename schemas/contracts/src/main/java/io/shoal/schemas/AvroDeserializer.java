package io.shoal.schemas;

import org.apache.avro.Schema;
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
  private final WireFormatReader<T> reader;

  /** A deserializer into this generated class. */
  public AvroDeserializer(SchemaRegistry registry, Class<T> type) {
    SpecificData data = SpecificData.getForClass(type);
    Schema wanted = data.getSchema(type);
    this.reader =
        new WireFormatReader<>(
            registry,
            written ->
                new WireFormatReader.Known<>(
                    new SpecificDatumReader<>(written, wanted, data), wanted.getFullName()));
  }

  /**
   * @throws UndecodableRecordException when the bytes cannot be read, with the reason
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  @Override
  public @Nullable T deserialize(String topic, byte @Nullable [] message) {
    return reader.read(message);
  }
}
