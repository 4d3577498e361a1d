package io.shoal.jobs;

import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the trainer makes to a topic, in the Confluent wire format.
 *
 * @param <T> what travels in the job
 * @param <R> the Avro record in it
 */
final class WireSerializer<T, R extends SpecificRecord>
    implements KafkaRecordSerializationSchema<T> {
  private static final long serialVersionUID = 1L;

  /** A part of what travels; it travels to the tasks itself. */
  interface Part<T, V> extends Function<T, V>, Serializable {}

  private final Class<R> type;
  private final String topic;
  private final String schemaRegistryUrl;
  private final Part<T, String> key;
  private final Part<T, byte[]> body;
  private transient AvroSerializer<R> serializer;

  /**
   * @param body the record in Avro's binary form, without header
   */
  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  WireSerializer(
      Class<R> type,
      String topic,
      String schemaRegistryUrl,
      Part<T, String> key,
      Part<T, byte[]> body) {
    this.type = type;
    this.topic = topic;
    this.schemaRegistryUrl = schemaRegistryUrl;
    this.key = key;
    this.body = body;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    serializer = new AvroSerializer<>(SchemaRegistry.at(schemaRegistryUrl), type);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T element, KafkaSinkContext context, @Nullable Long timestamp) {
    return new ProducerRecord<>(
        topic,
        key.apply(element).getBytes(StandardCharsets.UTF_8),
        serializer.serialize(topic, record(body.apply(element))));
  }

  private R record(byte[] bytes) {
    try {
      return new SpecificDatumReader<>(type)
          .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }
}
