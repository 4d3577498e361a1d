package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBackStoreTest {
  private static final int SLOTS = 256;
  private static final int BOUND = 128 * SLOTS;

  /** More than there are slots, so that they push each other out. */
  private static final int KEYS = 3 * SLOTS;

  private static final int STATE_BYTES_MAX = 400;
  private static final int VISITS = 10;

  private final KeyValueStore<Bytes, byte[]> disk = new DiskStore("states", false);
  private final RecordedChangelog changelog = new RecordedChangelog();
  private final WriteBackStore store =
      new WriteBackStore(disk, () -> BOUND, false, (context, name) -> changelog);
  private final TreeMap<Bytes, byte[]> expected = new TreeMap<>();

  @TempDir Path folder;

  private record Logged(Bytes key, byte @Nullable [] state, long timestampMs) {}

  /** What another instance would read back. */
  private static final class RecordedChangelog implements Changelog {
    private final List<Logged> records = new ArrayList<>();
    private final TreeMap<Bytes, byte[]> replayed = new TreeMap<>();
    private long nowMs;

    @Override
    public long timestampMs() {
      return nowMs;
    }

    @Override
    public void log(Bytes key, byte @Nullable [] state, long timestampMs) {
      records.add(new Logged(key, state, timestampMs));
      if (state == null) {
        replayed.remove(key);
      } else {
        replayed.put(key, state);
      }
    }
  }

  @BeforeEach
  void open() {
    store.init(context(), store);
  }

  private StateStoreContext context() {
    return new MockProcessorContext<Void, Void>(new Properties(), new TaskId(0, 0), folder.toFile())
        .getStateStoreContext();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldHoldWhatAMapHoldsWhateverIsDone() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      Bytes key = key(random.nextInt(KEYS));
      assertThat(store.get(key)).isEqualTo(expected.get(key));
      switch (random.nextInt(8)) {
        case 0 -> assertThat(store.delete(key)).isEqualTo(expected.remove(key));
        case 1 -> {
          byte[] state = {(byte) i};
          assertThat(store.putIfAbsent(key, state)).isEqualTo(expected.putIfAbsent(key, state));
        }
        default -> {
          byte[] state = new byte[1 + random.nextInt(STATE_BYTES_MAX)];
          random.nextBytes(state);
          put(key, state);
        }
      }
      if (i % 10_000 == 0) {
        assertThat(visitedInARound()).containsAll(expected.keySet());
      }
      if (i % 1_000 == 0) {
        store.flushCache(); // a commit
        assertThat(texts(changelog.replayed)).isEqualTo(texts(expected));
      }
      if (i % 30_000 == 0) {
        store.flush();
        assertThat(texts(onDisk())).isEqualTo(texts(expected));
      }
    }
  }

  @Test
  void shouldKeepNoMoreInMemoryThanItsBound() {
    int count = 1_000;
    for (int i = 0; i < count; i++) {
      put(key(i), new byte[] {1});
    }
    for (int i = 0; i < count; i++) {
      put(key(i), new byte[STATE_BYTES_MAX]); // grown
    }

    int written = onDisk().values().stream().mapToInt(state -> state.length).sum();
    assertThat(count * STATE_BYTES_MAX - written).isPositive().isLessThan(BOUND);
  }

  @Test
  void shouldTakeMemoryBackFromStatesThatNobodyAsksFor() {
    KeyValueStore<Bytes, byte[]> behind = Stores.inMemoryKeyValueStore("states").get();
    WriteBackStore kept = unlogged(behind, 64L * BOUND, false);
    kept.init(context(), kept);
    int often = 100;
    int once = 8_000;
    for (int i = 0; i < once; i++) {
      kept.put(key(1_000 + i), new byte[STATE_BYTES_MAX]);
      kept.put(key(i % often), new byte[] {(byte) i});
    }

    // Some of them may share their slots with too many others.
    assertThat(IntStream.range(0, often).filter(i -> behind.get(key(i)) == null).count())
        .isGreaterThan(often / 2);
    assertThat(behind.approximateNumEntries()).isBetween(once / 3L, once * 3L / 4);
  }

  @Test
  void shouldKeepAStateThatIsLargerThanItsBoundOnDisk() {
    put(key(1), new byte[2 * BOUND]);
    assertThat(disk.get(key(1))).hasSize(2 * BOUND);
    assertThat(store.get(key(1))).hasSize(2 * BOUND);
  }

  @Test
  void shouldWriteAStateOnceHoweverOftenItChanges() {
    Bytes key = key(1);
    for (int i = 0; i < 10; i++) {
      put(key, new byte[] {(byte) i});
    }
    assertThat(disk.get(key)).isNull();

    store.flushCache(); // a commit
    assertThat(disk.get(key)).isNull();

    store.flush(); // a checkpoint
    assertThat(disk.get(key)).containsExactly(9);
    assertThat(store.get(key)).containsExactly(9);
  }

  @Test
  void shouldLeaveLittleForACheckpointWhereCommitsWriteAhead() {
    KeyValueStore<Bytes, byte[]> behind = Stores.inMemoryKeyValueStore("states").get();
    WriteBackStore ahead = unlogged(behind, BOUND, true);
    ahead.init(context(), ahead);
    for (int i = 0; i < SLOTS / 4; i++) {
      ahead.put(key(i), new byte[] {(byte) i});
    }
    long pushedOut = behind.approximateNumEntries();

    for (int i = 0; i < SLOTS / 8; i++) {
      ahead.flushCache(); // a commit
    }
    assertThat(behind.approximateNumEntries()).isGreaterThan(pushedOut).isLessThan(SLOTS / 4);

    for (int i = 0; i < SLOTS; i++) {
      ahead.flushCache();
    }
    assertThat(behind.approximateNumEntries()).isEqualTo(SLOTS / 4);
    assertThat(behind.get(key(1))).isEqualTo(ahead.get(key(1))).containsExactly(1);
  }

  @Test
  void shouldReadTheDiskAnewWhenTheTaskWasAStandby() {
    put(key(1), new byte[] {1});
    store.flush();
    store.clearCache();
    disk.put(key(1), new byte[] {2}); // as a restoration does

    assertThat(store.get(key(1))).containsExactly(2);
  }

  /** A reader must never see half a state, nor one that is older than one it has seen. */
  @Test
  void shouldNotGoBackForAReaderBesideTheWriter() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    var executor = Executors.newSingleThreadExecutor();
    Future<Long> reads =
        executor.submit(
            () -> {
              int[] seen = new int[KEYS];
              long count = 0;
              while (!ended.get()) {
                int key = (int) (count++ % KEYS);
                byte[] state = store.get(key(key));
                int now = state == null ? 0 : number(state);
                assertThat(now).isGreaterThanOrEqualTo(seen[key]);
                seen[key] = now;
              }
              return count;
            });
    Random random = new Random(2);
    for (int i = 1; i < 300_000 && !reads.isDone(); i++) {
      store.put(key(random.nextInt(KEYS)), bytes(i));
      if (i % 10_000 == 0) {
        store.flush();
      }
    }
    ended.set(true);
    executor.shutdown();

    assertThat(reads.get()).isPositive();
  }

  @Test
  void shouldLogAStateOnceACommitHoweverOftenItChanges() {
    for (int i = 1; i <= 10; i++) {
      changelog.nowMs = i;
      put(key(1), new byte[] {(byte) i});
      put(key(2), new byte[] {(byte) i});
    }
    changelog.nowMs = 11;
    store.delete(key(2));
    assertThat(changelog.records).isEmpty();

    store.log();
    store.flushCache(); // has nothing to add
    assertThat(changelog.records)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyInAnyOrder(
            new Logged(key(1), new byte[] {10}, 10), new Logged(key(2), null, 11));

    changelog.records.clear();
    changelog.nowMs = 12;
    put(key(1), new byte[] {12});
    store.flushCache();
    assertThat(changelog.records).extracting(Logged::timestampMs).containsExactly(12L);
  }

  @Test
  void shouldLogWhatLeavesMemoryBeforeTheCommit() {
    put(key(1), new byte[2 * BOUND]);

    assertThat(changelog.records).extracting(Logged::key).containsExactly(key(1));
    store.flushCache();
    assertThat(changelog.records).hasSize(1);
  }

  @Test
  void shouldNotLogWhatWasNotCommittedWhenTheTaskIsGone() {
    put(key(1), new byte[] {1});
    store.clearCache();
    store.flushCache();

    assertThat(changelog.records).isEmpty();
  }

  @Test
  void shouldRefuseAStoreWithoutStates() {
    assertThat(WriteBackStore.under(store)).isSameAs(store);
    assertThatThrownBy(() -> WriteBackStore.under(disk))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("states");
  }

  @Test
  void shouldSpreadKeysThatDifferInAFewDigits() {
    int slots = 4_096;
    long used =
        IntStream.range(0, slots / 8)
            .map(i -> WriteBackStore.slot(WriteBackStore.hash(key(i)), slots))
            .distinct()
            .count();

    // At random it would be 0.88 of them.
    assertThat(used).isGreaterThan(slots / 8 * 8L / 10);
    assertThat(
            IntStream.range(0, KEYS)
                .map(i -> WriteBackStore.slot(WriteBackStore.hash(key(i)), slots)))
        .allMatch(slot -> slot >= 0 && slot < slots && slot % 2 == 0);
  }

  private static WriteBackStore unlogged(
      KeyValueStore<Bytes, byte[]> disk, long bound, boolean ahead) {
    return new WriteBackStore(disk, () -> bound, ahead, (context, name) -> Changelog.NONE);
  }

  private void put(Bytes key, byte[] state) {
    store.put(key, state);
    expected.put(key, state);
  }

  /** Looks at more than there can be in memory and on disk together. */
  private Set<Bytes> visitedInARound() {
    Set<Bytes> keys = new HashSet<>();
    for (int i = 0; i <= (SLOTS + KEYS) / VISITS; i++) {
      List<Bytes> some = new ArrayList<>();
      store.visit(VISITS, (key, state) -> some.add(key));
      assertThat(some).hasSizeLessThanOrEqualTo(VISITS);
      keys.addAll(some);
    }
    return keys;
  }

  private Map<Bytes, byte[]> onDisk() {
    Map<Bytes, byte[]> contents = new HashMap<>();
    try (KeyValueIterator<Bytes, byte[]> entries = disk.all()) {
      entries.forEachRemaining(entry -> contents.put(entry.key, entry.value));
    }
    return contents;
  }

  private static Map<Bytes, String> texts(Map<Bytes, byte[]> states) {
    Map<Bytes, String> texts = new HashMap<>();
    states.forEach((key, state) -> texts.put(key, Arrays.toString(state)));
    return texts;
  }

  private static Bytes key(int number) {
    return Bytes.wrap(("customer-" + number).getBytes(StandardCharsets.UTF_8));
  }

  /** The number, some times over. */
  private static byte[] bytes(int number) {
    ByteBuffer state = ByteBuffer.allocate(Integer.BYTES * (1 + number % (STATE_BYTES_MAX / 4)));
    while (state.hasRemaining()) {
      state.putInt(number);
    }
    return state.array();
  }

  private static int number(byte[] bytes) {
    IntBuffer numbers = ByteBuffer.wrap(bytes).asIntBuffer();
    int number = numbers.get(0);
    while (numbers.hasRemaining()) {
      assertThat(numbers.get()).isEqualTo(number);
    }
    return number;
  }
}
