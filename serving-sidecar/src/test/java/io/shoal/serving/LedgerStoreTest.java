package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.schemas.avro.LedgerEntry;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    assertThat(event("t-1")).containsExactly(1);
    assertThat(event("t-2")).containsExactly(2);
    assertThat(get("t-3")).isNull();
    assertThat(get("t-")).isNull();
  }

  @Test
  void shouldGiveTheEntryThatWasPutLast() {
    store.put(KEY, pack(entry(1, 1), entry(1, 2)));
    assertThat(event("t-1")).containsExactly(2);
    store.put(KEY, pack(entry(1, 3)));
    assertThat(event("t-1")).containsExactly(3);
  }

  @Test
  void shouldForgetWhatIsPastTheRetentionAndKeepTheRest() throws Exception {
    for (int day = 0; day < 200; day++) {
      store.put(KEY, pack(entry(day, day)));
    }

    assertThat(get("t-50")).isNull();
    assertThat(event("t-109")).containsExactly(109);
    assertThat(event("t-199")).containsExactly((byte) 199);
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

    assertThat(event("t-0")).containsExactly(1);
    assertThat(event("t-85")).containsExactly(2);
    store.put(KEY, pack(entry(100, 3)));
    assertThat(get("t-0")).isNull();
    assertThat(event("t-85")).containsExactly(2);
  }

  @Test
  void shouldTakeInItsChangelogsPacks() {
    restoration.restore(KEY.get(), pack(entry(1, 1), entry(2, 2)));

    assertThat(event("t-2")).containsExactly(2);
  }

  @Test
  void shouldSayThatItIsClosed() {
    store.close();

    assertThat(store.isOpen()).isFalse();
    assertThatThrownBy(() -> get("t-1")).isInstanceOf(InvalidStateStoreException.class);
    open();
    assertThat(get("t-1")).isNull();
  }

  @Test
  void shouldTellWhatAnEntryIsAskedFor() {
    LedgerEntry entry =
        LedgerEntry.newBuilder()
            .setEventTime(Instant.ofEpochMilli(5))
            .setEntityId("c")
            .setSecondaryId("")
            .setFingerprint("f")
            .setValues(List.of())
            .setScore(0.5)
            .setModelVersion(3L)
            .build();
    byte[] bytes = ScoredEntry.toBytes(entry, new byte[] {9}, ScoredEntry.set("f"), 7);

    assertThat(ScoredEntry.timeMs(bytes, 0)).isEqualTo(7);
    assertThat(ScoredEntry.set(bytes, 0)).isEqualTo(ScoredEntry.set("f"));
    assertThat(ScoredEntry.set("f")).isNotEqualTo(ScoredEntry.set("g"));
    assertThat(ScoredEntry.version(bytes, 0)).isEqualTo(3);
    assertThat(ScoredEntry.score(bytes, 0)).isEqualTo(0.5);
    assertThat(ScoredEntry.risk(bytes, 0)).isNaN();
    assertThat(ScoredEntry.event(bytes)).containsExactly(9);
    ScoredEntry.setTimeMs(bytes, 0, 6);
    assertThat(ScoredEntry.timeMs(bytes, 0)).isEqualTo(6);
    entry.setModelVersion(null);
    assertThat(ScoredEntry.version(ScoredEntry.toBytes(entry, new byte[0], 1, 1), 0))
        .isEqualTo(ScoredEntry.UNSCORED);
  }

  /** Of a transaction on a day, with an event of one byte. */
  private record Entry(String transactionId, byte[] bytes) {}

  private static Entry entry(int day, int event) {
    LedgerEntry unscored = new LedgerEntry();
    byte[] bytes =
        ScoredEntry.toBytes(
            unscored, new byte[] {(byte) event}, 0, Duration.ofDays(17_000 + day).toMillis());
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

  private byte[] event(String transactionId) {
    return ScoredEntry.event(get(transactionId));
  }
}
