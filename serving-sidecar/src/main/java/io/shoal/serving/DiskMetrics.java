package io.shoal.serving;

import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.ProcessorContextUtils;
import org.apache.kafka.streams.state.internals.metrics.RocksDBMetricsRecorder;
import org.rocksdb.RocksDB;

/** Of a store of ours, the metrics that Kafka Streams has of its own RocksDB stores. */
final class DiskMetrics implements AutoCloseable {
  private final String storeName;
  private final RocksDBMetricsRecorder recorder;

  /**
   * @param scope that of the store's supplier
   */
  DiskMetrics(String scope, String storeName, RocksDB db, StateStoreContext context) {
    this.storeName = storeName;
    recorder = new RocksDBMetricsRecorder(scope, storeName);
    recorder.init(ProcessorContextUtils.metricsImpl(context), context.taskId());
    recorder.addValueProviders(storeName, db, null, null);
  }

  /** To be called before the database closes. */
  @Override
  public void close() {
    recorder.removeValueProviders(storeName);
  }
}
