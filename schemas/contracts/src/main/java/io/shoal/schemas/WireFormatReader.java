package io.shoal.schemas;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from the {@linkplain WireFormat Confluent wire format}, with one Avro reader for
 * each schema that they were written with. As thread-safe as these readers.
 *
 * @param <T> the record
 */
public final class WireFormatReader<T> {
  private final SchemaRegistry registry;
  private final Function<Schema, Known<T>> readers;
  private final Map<Integer, Known<T>> known = new ConcurrentHashMap<>();

  /** A reader for a writer's schema, and the name of what it reads. */
  public record Known<T>(DatumReader<T> reader, String name) {}

  /**
   * @param readers makes the reader for a writer's schema; throws {@link
   *     UndecodableRecordException} when there can be none
   */
  public WireFormatReader(SchemaRegistry registry, Function<Schema, Known<T>> readers) {
    this.registry = registry;
    this.readers = readers;
  }

  /**
   * Reads one message.
   *
   * @return null for null
   * @throws UndecodableRecordException when the bytes cannot be read, with the reason
   * @throws SchemaRegistryUnavailableException when the schema registry does not answer
   */
  public @Nullable T read(byte @Nullable [] message) {
    if (message == null) {
      return null;
    }
    Known<T> with = reader(WireFormat.schemaId(message));
    try {
      return AvroBody.read(with.reader(), message, WireFormat.HEADER_BYTES);
    } catch (IOException e) {
      throw new UndecodableRecordException(
          "undecodable", "the value is no " + with.name() + ": " + e.getMessage(), e);
    }
  }

  private Known<T> reader(int schemaId) {
    Known<T> reader = known.get(schemaId);
    if (reader == null) {
      reader = readers.apply(registry.schema(schemaId));
      known.put(schemaId, reader);
    }
    return reader;
  }
}
