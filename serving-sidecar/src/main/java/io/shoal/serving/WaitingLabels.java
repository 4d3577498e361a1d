package io.shoal.serving;

import io.shoal.schemas.avro.Label;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Labels that came before their transactions, by transaction. Some always wait, those of
 * transactions that never come among them, while next to no transaction has one: so most are told
 * apart in memory, without asking the store. Not thread-safe.
 */
final class WaitingLabels {
  /** 2^32 divided by the golden ratio. */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  private static final int BITS = 16;

  private final KeyValueStore<String, ValueAndTimestamp<Label>> store;

  /** How many of those that wait have a hash, as a counting Bloom filter with one hash. */
  private final int[] byHash = new int[1 << BITS];

  WaitingLabels(KeyValueStore<String, ValueAndTimestamp<Label>> store) {
    this.store = store;
    try (KeyValueIterator<String, ValueAndTimestamp<Label>> labels = store.all()) {
      while (labels.hasNext()) {
        count(labels.next().key, 1);
      }
    }
  }

  /**
   * Whether one may wait for the transaction whose id stands there in UTF-8; false is certain.
   *
   * @param from where it begins
   * @param length in bytes
   */
  boolean mayHave(byte[] bytes, int from, int length) {
    return byHash[hash(bytes, from, length)] > 0;
  }

  /** The label that waits for a transaction, which does no longer. */
  @Nullable Label take(String transactionId) {
    byte[] id = transactionId.getBytes(StandardCharsets.UTF_8);
    if (!mayHave(id, 0, id.length)) {
      return null;
    }
    ValueAndTimestamp<Label> label = store.get(transactionId);
    if (label == null) {
      return null;
    }
    store.delete(transactionId);
    count(transactionId, -1);
    return label.value();
  }

  /**
   * Has a label wait; a later one of the same transaction replaces it.
   *
   * @param sinceMs since when
   */
  void add(String transactionId, Label label, long sinceMs) {
    if (store.get(transactionId) == null) {
      count(transactionId, 1);
    }
    store.put(transactionId, ValueAndTimestamp.make(label, sinceMs));
  }

  /** All that wait. */
  KeyValueIterator<String, ValueAndTimestamp<Label>> all() {
    return store.all();
  }

  private void count(String transactionId, int more) {
    byte[] id = transactionId.getBytes(StandardCharsets.UTF_8);
    byHash[hash(id, 0, id.length)] += more;
  }

  private static int hash(byte[] bytes, int from, int length) {
    int hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return (hash * GOLDEN_RATIO) >>> (Integer.SIZE - BITS);
  }
}
