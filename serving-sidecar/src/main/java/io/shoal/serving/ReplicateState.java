package io.shoal.serving;

import java.time.Clock;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Copies a compacted topic into a global store, so that every instance has all of it, and measures
 * how old what arrives is: from the time at which its cause was sent.
 */
final class ReplicateState implements Processor<Bytes, byte[], Void, Void> {
  private final String storeName;
  private final Clock clock;
  private @Nullable WriteBackStore store;
  private @Nullable StreamMetrics metrics;

  ReplicateState(String storeName, Clock clock) {
    this.storeName = storeName;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = WriteBackStore.under(context.getStateStore(storeName));
    metrics = new StreamMetrics(context.metrics());
  }

  @Override
  public void process(Record<Bytes, byte[]> record) {
    if (store != null && metrics != null && record.key() != null) {
      store.put(record.key(), record.value());
      metrics.staleness(Math.max(0, clock.millis() - record.timestamp()));
    }
  }
}
