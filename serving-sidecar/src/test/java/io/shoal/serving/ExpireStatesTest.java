package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.state.EntityState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpireStatesTest {
  private static final FeatureSet FEATURES = TestModels.FEATURES;
  private static final Instant START = Instant.parse("2018-04-01T00:00:00Z");

  /** No window is so long. */
  private static final int DAYS = 100;

  private final EntityState state = FEATURES.newVectorizer().state(0);
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              WriteBackStore.before(
                  DiskStore.supplier("states", false),
                  () -> 1 << 20,
                  false,
                  (context, name) -> Changelog.NONE),
              Serdes.String(),
              Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  @TempDir Path folder;

  @BeforeEach
  void open() {
    Properties settings = new Properties();
    settings.put("application.id", "test");
    settings.put("bootstrap.servers", "none:1");
    store.init(
        new MockProcessorContext<Void, Void>(settings, new TaskId(0, 0), folder.toFile())
            .getStateStoreContext(),
        store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldDeleteWhatIsInMemoryAndWhatIsOnDisk() {
    store.put("on disk", stateOf(0));
    store.flush();
    WriteBackStore.under(store).clearCache();
    store.put("in memory", stateOf(0));
    store.put("young", stateOf(DAYS));

    assertThat(sweep()).containsExactlyInAnyOrder("on disk", "in memory");
    assertThat(store.get("on disk")).isNull();
    assertThat(store.get("in memory")).isNull();
    assertThat(store.get("young")).isNotNull();
  }

  @Test
  void shouldKeepAStateThatIsYoungerInMemoryThanOnDisk() {
    store.put("customer", stateOf(0));
    store.flush();
    store.put("customer", stateOf(DAYS));

    assertThat(sweep()).isEmpty();
    assertThat(store.get("customer")).isNotNull();
  }

  @Test
  void shouldNotDeleteTwiceWhatIsStillOnDisk() {
    store.put("customer", stateOf(0));
    store.flush();
    store.delete("customer");

    assertThat(sweep()).isEmpty();
  }

  @Test
  void shouldGoRoundAllStatesALittleAtATime() {
    int count = 1_000;
    for (int i = 0; i < count; i++) {
      store.put("customer " + i, stateOf(0));
    }
    ExpireStates expiry = new ExpireStates(WriteBackStore.under(store), key -> state);
    passDays(expiry);
    List<String> deleted = new ArrayList<>();
    expiry.sweep(deleted::add);
    assertThat(deleted.size()).isPositive().isLessThan(count / 2);

    for (int i = 0; i < 2 * count / deleted.size() + 2; i++) {
      expiry.sweep(key -> assertThat(store.get(key)).isNull());
    }
    for (int i = 0; i < count; i++) {
      assertThat(store.get("customer " + i)).isNull();
    }
  }

  private List<String> sweep() {
    ExpireStates expiry = new ExpireStates(WriteBackStore.under(store), key -> state);
    passDays(expiry);
    List<String> deleted = new ArrayList<>();
    expiry.sweep(deleted::add);
    return deleted;
  }

  /** The clock of a stream follows in steps of a day at most. */
  private static void passDays(ExpireStates expiry) {
    for (int day = 0; day <= DAYS; day++) {
      expiry.advance(timeMs(day));
    }
  }

  private byte[] stateOf(int day) {
    Event event = FEATURES.newEvent();
    state.read(null);
    state.add(timeMs(day), event.numbers, event.categories);
    return state.toBytes();
  }

  private static long timeMs(int day) {
    return START.plus(Duration.ofDays(day)).toEpochMilli();
  }
}
