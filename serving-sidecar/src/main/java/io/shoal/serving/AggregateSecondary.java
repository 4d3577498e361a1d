package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.features.WindowState;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the windows of secondary entities and publishes each new state, which every instance reads
 * back as a global store.
 */
final class AggregateSecondary implements Processor<String, byte[], String, byte[]> {
  private final String storeName;
  private final WindowState windows;
  private @Nullable ProcessorContext<String, byte[]> context;
  private @Nullable KeyValueStore<String, byte[]> store;

  AggregateSecondary(FeatureSet features, String storeName) {
    this.windows = features.newTerminalState();
    this.storeName = storeName;
  }

  @Override
  public void init(ProcessorContext<String, byte[]> processorContext) {
    context = processorContext;
    store = processorContext.getStateStore(storeName);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    if (context == null || store == null) {
      throw new IllegalStateException("process before init");
    }
    SecondaryEvent event = SecondaryEvent.fromBytes(record.value());
    windows.read(store.get(record.key()));
    boolean changed =
        switch (event.kind()) {
          case TRANSACTION -> windows.add(event.eventTimeMs(), event.amount());
          case FRAUD -> windows.addFraud(event.eventTimeMs());
        };
    if (changed) {
      byte[] state = windows.toBytes();
      store.put(record.key(), state);
      context.forward(record.withValue(state));
    }
  }
}
