package io.shoal.jobs;

import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes candidates to the topic {@code model-candidates} in the Confluent wire format. */
final class CandidateSerializer implements KafkaRecordSerializationSchema<Candidate> {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final String schemaRegistryUrl;
  private transient AvroSerializer<ModelVersion> serializer;

  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  CandidateSerializer(String topic, String schemaRegistryUrl) {
    this.topic = topic;
    this.schemaRegistryUrl = schemaRegistryUrl;
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    serializer = new AvroSerializer<>(SchemaRegistry.at(schemaRegistryUrl), ModelVersion.class);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Candidate candidate, KafkaSinkContext context, @Nullable Long timestamp) {
    return new ProducerRecord<>(
        topic,
        candidate.modelName.getBytes(StandardCharsets.UTF_8),
        serializer.serialize(topic, modelVersion(candidate)));
  }

  private static ModelVersion modelVersion(Candidate candidate) {
    try {
      return new SpecificDatumReader<>(ModelVersion.class)
          .read(null, DecoderFactory.get().binaryDecoder(candidate.modelVersion, null));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }
}
