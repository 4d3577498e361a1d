package io.shoal.schemas;

import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Serdes of the generated records against one schema registry. */
public final class AvroSerdes {
  private final SchemaRegistry registry;

  /** Serdes whose schemas stand in this registry. */
  public AvroSerdes(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** A serde of one generated record. */
  public <T extends SpecificRecord> Serde<T> of(Class<T> type) {
    return Serdes.serdeFrom(
        new AvroSerializer<>(registry, type), new AvroDeserializer<>(registry, type));
  }

  /** Reads records of any schema. */
  public Deserializer<GenericRecord> generic() {
    return new GenericAvroDeserializer(registry);
  }
}
