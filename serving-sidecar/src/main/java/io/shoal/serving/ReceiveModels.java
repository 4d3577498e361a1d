package io.shoal.serving;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Feeds the global store of models and, with it, the {@link ModelCache}. */
final class ReceiveModels implements Processor<String, byte[], Void, Void> {
  private final ModelCache cache;
  private final String storeName;
  private @Nullable KeyValueStore<String, byte[]> store;

  ReceiveModels(ModelCache cache, String storeName) {
    this.cache = cache;
    this.storeName = storeName;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(storeName);
    try (KeyValueIterator<String, byte[]> kept = store.all()) {
      kept.forEachRemaining(update -> cache.accept(update.key, update.value));
    }
  }

  @Override
  public void process(Record<String, byte[]> update) {
    if (store != null && update.key() != null) {
      store.put(update.key(), update.value());
      cache.accept(update.key(), update.value());
    }
  }
}
