package io.shoal.serving;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Feeds the global store of takeovers and, with it, the {@link ScoringPeriod}. */
final class ReceiveTakeovers implements Processor<String, byte[], Void, Void> {
  private final ScoringPeriod period;
  private final String storeName;
  private @Nullable KeyValueStore<String, byte[]> store;

  ReceiveTakeovers(ScoringPeriod period, String storeName) {
    this.period = period;
    this.storeName = storeName;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(storeName);
    try (KeyValueIterator<String, byte[]> kept = store.all()) {
      kept.forEachRemaining(takeover -> accept(takeover.key, takeover.value));
    }
  }

  @Override
  public void process(Record<String, byte[]> takeover) {
    if (store != null && takeover.key() != null) {
      store.put(takeover.key(), takeover.value());
      accept(takeover.key(), takeover.value());
    }
  }

  private void accept(String application, byte @Nullable [] from) {
    period.accept(application, from == null ? null : new String(from, StandardCharsets.UTF_8));
  }
}
