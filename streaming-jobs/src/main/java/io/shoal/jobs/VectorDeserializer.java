package io.shoal.jobs;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads records with a vector in the Confluent wire format and takes the model's features out of
 * them. What cannot be used is {@linkplain DroppedRecords counted and dropped}; when the schema
 * registry does not answer the task fails and the job's restart strategy retries.
 *
 * @param <R> the Avro record
 * @param <P> the point that it becomes
 */
abstract class VectorDeserializer<R extends SpecificRecord, P extends FeaturePoint>
    implements KafkaRecordDeserializationSchema<P> {
  private static final long serialVersionUID = 1L;

  private final Class<R> recordType;
  private final Projection projection;
  private final String schemaRegistryUrl;
  private final String progressId;

  private transient AvroDeserializer<R> deserializer;
  private transient DroppedRecords dropped;
  private transient P point;
  private transient float[] workspace;

  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  VectorDeserializer(
      Class<R> recordType, Projection projection, String schemaRegistryUrl, String progressId) {
    this.recordType = recordType;
    this.projection = projection;
    this.schemaRegistryUrl = schemaRegistryUrl;
    this.progressId = progressId;
  }

  /** A point to be filled again and again. */
  abstract P newPoint();

  /** Fills what the point has beside its values. */
  abstract void fill(P target, R source);

  abstract String fingerprint(R source);

  abstract List<Float> values(R source);

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    deserializer = new AvroDeserializer<>(SchemaRegistry.at(schemaRegistryUrl), recordType);
    dropped =
        new DroppedRecords(
            TrainerProgress.of(progressId), context.getMetricGroup(), System::nanoTime);
    workspace = projection.newWorkspace();
    point = newPoint();
    point.values = new float[projection.dimension()];
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<P> out) {
    R record;
    try {
      record = deserializer.deserialize(message.topic(), message.value());
    } catch (UndecodableRecordException e) {
      dropped.drop(e.reason(), String.valueOf(e.getMessage()), message);
      return;
    }
    if (record == null) {
      dropped.drop("no-value", "", message);
      return;
    }
    String reason =
        projection.project(fingerprint(record), values(record), workspace, point.values);
    if (reason != null) {
      dropped.drop(reason, "", message);
      return;
    }
    fill(point, record);
    point.partition = message.partition();
    point.offset = message.offset();
    out.collect(point);
  }
}
