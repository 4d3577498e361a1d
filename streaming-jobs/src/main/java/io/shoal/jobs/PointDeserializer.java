package io.shoal.jobs;

import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads points from a topic. What cannot be used is {@linkplain DroppedRecords counted and
 * dropped}; when the schema registry does not answer the task fails and the job's restart strategy
 * retries.
 *
 * @param <P> kind of point
 */
final class PointDeserializer<P extends FeaturePoint>
    implements KafkaRecordDeserializationSchema<P> {
  private static final long serialVersionUID = 1L;

  private final PointFormat<P> format;
  private final String schemaRegistryUrl;
  private final String progressId;

  private transient PointDecoder<P> decoder;
  private transient DroppedRecords dropped;
  private transient P point;

  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  PointDeserializer(PointFormat<P> format, String schemaRegistryUrl, String progressId) {
    this.format = format;
    this.schemaRegistryUrl = schemaRegistryUrl;
    this.progressId = progressId;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = format.open(SchemaRegistry.at(schemaRegistryUrl));
    dropped =
        new DroppedRecords(
            TrainerProgress.of(progressId), context.getMetricGroup(), System::nanoTime);
    point = format.newPoint();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<P> out) {
    try {
      decoder.decode(record, point);
    } catch (UndecodableRecordException e) {
      dropped.drop(e.reason(), String.valueOf(e.getMessage()), record);
      return;
    }
    point.partition = record.partition();
    point.offset = record.offset();
    out.collect(point);
  }

  @Override
  public TypeInformation<P> getProducedType() {
    return format.type();
  }
}
