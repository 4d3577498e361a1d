package io.shoal.serving;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Copies a compacted topic into a global store, so that every instance has all of it. */
final class ReplicateState implements Processor<String, byte[], Void, Void> {
  private final String storeName;
  private @Nullable KeyValueStore<String, byte[]> store;

  ReplicateState(String storeName) {
    this.storeName = storeName;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(storeName);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (store != null && record.key() != null) {
      store.put(record.key(), record.value());
    }
  }
}
