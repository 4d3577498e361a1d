package io.shoal.serving;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * How Kafka Streams gets a store of ours for each task.
 *
 * @param metricsScope part of the names of its metrics
 */
record StoreSupplier(
    String name, String metricsScope, Supplier<KeyValueStore<Bytes, byte[]>> stores)
    implements KeyValueBytesStoreSupplier {
  @Override
  public KeyValueStore<Bytes, byte[]> get() {
    return stores.get();
  }
}
