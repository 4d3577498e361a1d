package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.Event;
import io.shoal.schemas.avro.Prediction;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerStoreTest {
  private static final Duration RETENTION = Duration.ofDays(90);
  private static final Bytes KEY = Bytes.wrap(new byte[Long.BYTES]);

  @TempDir Path folder;
  private LedgerStore store;
  private StateRestoreCallback restoration;

  @BeforeEach
  void open() {
    store = new LedgerStore("ledger", RETENTION);
    StateStoreContext context =
        new MockProcessorContext<Void, Void>(new Properties(), new TaskId(0, 0), folder.toFile())
            .getStateStoreContext();
    StateStoreContext registering =
        (StateStoreContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StateStoreContext.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("register")) {
                    restoration = (StateRestoreCallback) arguments[1];
                    return null;
                  }
                  return method.invoke(context, arguments);
                });
    store.init(registering, store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldGiveTheEntriesOfAPack() {
    store.put(KEY, pack(entry(1, 1), entry(2, 2)));

    assertThat(values("t-1")).containsExactly(1);
    assertThat(values("t-2")).containsExactly(2);
    assertThat(get("t-3")).isNull();
    assertThat(get("t-")).isNull();
  }

  @Test
  void shouldGiveTheEntryThatWasPutLast() {
    store.put(KEY, pack(entry(1, 1), entry(1, 2)));
    assertThat(values("t-1")).containsExactly(2);
    store.put(KEY, pack(entry(1, 3)));
    assertThat(values("t-1")).containsExactly(3);
  }

  @Test
  void shouldForgetWhatIsPastTheRetentionAndKeepTheRest() throws Exception {
    for (int day = 0; day < 200; day++) {
      store.put(KEY, pack(entry(day, day)));
    }

    assertThat(get("t-50")).isNull();
    assertThat(values("t-109")).containsExactly(109);
    assertThat(values("t-199")).containsExactly(199);
    store.put(KEY, pack(entry(7, 7)));
    assertThat(get("t-7")).isNull();
    store.flush();
    try (var files = Files.walk(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".sst")).count()).isBetween(1L, 12L);
    }
  }

  @Test
  void shouldFindWhatWasFlushedAndGoOnExpiringByIt() {
    store.put(KEY, pack(entry(0, 1), entry(85, 2)));
    store.flush();
    store.close();
    open();

    assertThat(values("t-0")).containsExactly(1);
    assertThat(values("t-85")).containsExactly(2);
    store.put(KEY, pack(entry(100, 3)));
    assertThat(get("t-0")).isNull();
    assertThat(values("t-85")).containsExactly(2);
  }

  @Test
  void shouldTakeInItsChangelogsPacks() {
    restoration.restore(KEY.get(), pack(entry(1, 1), entry(2, 2)));

    assertThat(values("t-2")).containsExactly(2);
  }

  @Test
  void shouldSayThatItIsClosed() {
    store.close();

    assertThat(store.isOpen()).isFalse();
    assertThatThrownBy(() -> get("t-1")).isInstanceOf(InvalidStateStoreException.class);
    open();
    assertThat(get("t-1")).isNull();
  }

  /** Of a transaction on a day, with a vector of one number. */
  private record Entry(String transactionId, byte[] bytes) {}

  private static Entry entry(int day, float value) {
    Event scored = TestModels.FEATURES.newEvent();
    scored.timeMs = Duration.ofDays(17_000 + day).toMillis();
    byte[] bytes = ScoredEntry.toBytes(scored, new float[] {value}, new Prediction(), 0);
    return new Entry("t-" + day, bytes);
  }

  private static byte[] pack(Entry... entries) {
    Pack pack = new Pack();
    for (Entry entry : entries) {
      pack.add(entry.transactionId, entry.bytes);
    }
    return pack.toBytes();
  }

  private byte[] get(String transactionId) {
    return store.get(Bytes.wrap(transactionId.getBytes(StandardCharsets.UTF_8)));
  }

  private float[] values(String transactionId) {
    int entities = TestModels.FEATURES.entities().size();
    return ScoredEntry.read(get(transactionId), entities).values();
  }
}
