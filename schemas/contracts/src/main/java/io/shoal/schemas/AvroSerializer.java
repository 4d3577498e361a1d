package io.shoal.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one kind of Avro record in the {@linkplain WireFormat Confluent wire format}. Registers
 * the schema at the first record for a topic. Thread-safe.
 *
 * @param <T> the generated record
 */
public final class AvroSerializer<T extends SpecificRecord> implements Serializer<T> {
  private static final int BODY_BYTES_INITIAL = 512;

  private final SchemaRegistry registry;
  private final Schema schema;
  private final RecordWriter<T> writer;
  private final Map<String, byte[]> headers = new ConcurrentHashMap<>();
  private static final ThreadLocal<Buffer> BUFFERS = ThreadLocal.withInitial(Buffer::new);

  /** A serializer of this generated class that registers its schema here. */
  public AvroSerializer(SchemaRegistry registry, Class<T> type) {
    this.registry = registry;
    SpecificData data = SpecificData.getForClass(type);
    this.schema = data.getSchema(type);
    this.writer = new RecordWriter<>(schema, data);
  }

  @Override
  public byte @Nullable [] serialize(String topic, @Nullable T record) {
    if (record == null) {
      return null;
    }
    // Not computeIfAbsent: a registry that hangs must not hold a lock of the map.
    byte[] header = headers.get(topic);
    if (header == null) {
      header = WireFormat.header(registry.register(topic, schema));
      headers.put(topic, header);
    }
    Buffer buffer = BUFFERS.get();
    buffer.bytes.reset();
    buffer.bytes.write(header, 0, header.length);
    buffer.encoder = EncoderFactory.get().binaryEncoder(buffer.bytes, buffer.encoder);
    try {
      writer.write(record, buffer.encoder);
      buffer.encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return buffer.bytes.toByteArray();
  }

  /** What a thread uses again for every record. */
  private static final class Buffer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(BODY_BYTES_INITIAL);
    private @Nullable BinaryEncoder encoder;
  }
}
