package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HotStatesTest {
  private static final int STEPS = 100_000;

  /** More than there are slots, so that many share one. */
  private static final int KEYS = 3 * HotStates.SLOTS;

  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("states"), Serdes.String(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  @BeforeEach
  void open() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
    store.init(context.getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldGiveWhatTheStoreHoldsWhateverIsPutAndDeleted() {
    HotStates states = new HotStates(store);
    Map<String, byte[]> expected = new HashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < STEPS; i++) {
      String key = "key" + random.nextInt(KEYS);
      assertThat(states.get(key)).isEqualTo(expected.get(key));
      if (random.nextInt(4) == 0) {
        states.delete(key);
        expected.remove(key);
      } else {
        byte[] state = {(byte) i, (byte) (i >> 8)};
        states.put(key, state);
        expected.put(key, state);
      }
    }

    Map<String, byte[]> stored = new HashMap<>();
    try (KeyValueIterator<String, byte[]> all = states.from(null)) {
      all.forEachRemaining(entry -> stored.put(entry.key, entry.value));
    }
    assertThat(stored).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void shouldGiveReplicasAsTheStoreHasThemAfterItWasReadAnew() {
    HotReplicas replicas = new HotReplicas();
    byte[] before = {1};
    byte[] after = {2};
    replicas.put("shop", before, store);
    assertThat(replicas.get("shop", store)).isSameAs(before);
    replicas.put("shop", null, store);
    assertThat(replicas.get("shop", store)).isNull();
    replicas.put("shop", before, store);

    store.put("shop", after);
    replicas.clear();

    assertThat(replicas.get("shop", store)).isEqualTo(after);
  }

  @Test
  void shouldSpreadKeysThatDifferInAFewDigits() {
    long used =
        IntStream.range(0, HotStates.SLOTS / 4)
            .map(i -> HotStates.slot("customer-" + i, HotStates.SLOTS))
            .distinct()
            .count();

    // At random it would be 0.88 of them.
    assertThat(used).isGreaterThan(HotStates.SLOTS / 4 * 8L / 10);
  }
}
