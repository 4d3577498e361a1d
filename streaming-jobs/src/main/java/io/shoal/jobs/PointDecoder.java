package io.shoal.jobs;

import io.shoal.schemas.UndecodableRecordException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Fills points from the records of a topic. For one thread.
 *
 * @param <P> kind of point
 */
interface PointDecoder<P extends FeaturePoint> {
  /**
   * Fills all of the point but where it was read.
   *
   * @throws UndecodableRecordException when the record is none that can be learned from
   * @throws io.shoal.schemas.SchemaRegistryUnavailableException when the schema registry does not
   *     answer
   */
  void decode(ConsumerRecord<byte[], byte[]> record, P point);
}
