package io.shoal.schemas;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro records of any schema from the {@linkplain WireFormat Confluent wire format}, each
 * with the schema that it was written with. Thread-safe.
 */
public final class GenericAvroDeserializer implements Deserializer<GenericRecord> {
  private final WireFormatReader<GenericRecord> reader;

  /** A deserializer for records whose schemas stand in this registry. */
  public GenericAvroDeserializer(SchemaRegistry registry) {
    this.reader = new WireFormatReader<>(registry, GenericAvroDeserializer::readerOf);
  }

  private static WireFormatReader.Known<GenericRecord> readerOf(Schema written) {
    if (written.getType() != Schema.Type.RECORD) {
      throw new UndecodableRecordException(
          "undecodable",
          "the value was written as a " + written.getName() + ", which is no record",
          null);
    }
    return new WireFormatReader.Known<>(new GenericDatumReader<>(written), written.getFullName());
  }

  /**
   * @throws UndecodableRecordException when the bytes cannot be read, with the reason
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  @Override
  public @Nullable GenericRecord deserialize(String topic, byte @Nullable [] message) {
    return reader.read(message);
  }
}
