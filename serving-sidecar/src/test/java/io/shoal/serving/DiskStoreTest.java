package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskStoreTest {
  @TempDir Path temporary;
  private Path folder = Path.of("");
  private final List<DiskStore> stores = new ArrayList<>();
  private @Nullable BatchingStateRestoreCallback restoration;
  private @Nullable StateStoreContext context;

  @BeforeEach
  void choose() {
    folder = temporary.resolve("live");
  }

  @AfterEach
  void close() {
    stores.forEach(DiskStore::close);
  }

  @Test
  void shouldGiveARangeInTheOrderOfTheKeysWithBothEnds() {
    DiskStore store = open(folder, false);
    for (String key : List.of("d", "b", "a", "c")) {
      store.put(key(key), value(key));
    }

    assertThat(keys(store.range(key("b"), key("c")))).containsExactly("b", "c");
    assertThat(keys(store.range(null, key("b")))).containsExactly("a", "b");
    assertThat(keys(store.all())).containsExactly("a", "b", "c", "d");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldHaveAfterACrashWhatWasPutBeforeTheCheckpoint(boolean logged) throws IOException {
    DiskStore store = open(folder, logged);
    store.putAll(List.of(KeyValue.pair(key("a"), value("1")), KeyValue.pair(key("b"), value("2"))));
    store.delete(key("a"));
    store.flush();

    DiskStore after = open(crashed(), logged);
    assertThat(keys(after.all())).containsExactly("b");
    assertThat(after.get(key("b"))).isEqualTo(value("2"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldHaveAfterACrashWhatWasRestoredBeforeTheCheckpoint(boolean logged) throws IOException {
    DiskStore store = open(folder, logged);
    restoration()
        .restoreAll(
            List.of(
                KeyValue.pair(key("a").get(), value("1")),
                KeyValue.pair(key("b").get(), value("2"))));
    restoration().restore(key("a").get(), null);
    store.put(key("c"), value("3"));
    store.flush();

    assertThat(keys(open(crashed(), logged).all())).containsExactly("b", "c");
  }

  @Test
  void shouldHaveWhatWasPutWhenItIsClosedInOrder() {
    DiskStore store = open(folder, true);
    store.put(key("a"), value("1"));
    store.close();

    assertThat(keys(open(folder, true).all())).containsExactly("a");
  }

  @Test
  void shouldRefuseUseAfterItIsClosed() {
    DiskStore store = open(folder, true);
    store.put(key("a"), value("1"));
    store.put(key("b"), value("2"));
    KeyValueIterator<Bytes, byte[]> entries = store.all();
    store.close();

    assertThat(store.isOpen()).isFalse();
    assertThat(entries.hasNext()).isFalse();
    assertThatThrownBy(() -> store.get(key("a")))
        .isInstanceOf(InvalidStateStoreException.class)
        .hasMessage("states is closed");
    entries.close();
  }

  @Test
  void shouldHaveTheMetricsOfKafkaStreamsOwnStores() {
    DiskStore store = open(folder, true);
    store.put(key("a"), value("1"));

    assertThat(metric("estimate-num-keys")).isEqualTo("1");
    store.close();
  }

  private String metric(String name) {
    if (context == null) {
      throw new IllegalStateException("nothing is open");
    }
    return context.metrics().metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals(name))
        .filter(metric -> "states".equals(metric.getKey().tags().get("rocksdb-state-id")))
        .map(metric -> metric.getValue().metricValue().toString())
        .findFirst()
        .orElseThrow();
  }

  /** A copy of the files as they lie there now, as a process that is killed leaves them. */
  private Path crashed() throws IOException {
    Path copy = temporary.resolve("crashed");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(folder.relativize(file).toString()));
      }
    }
    return copy;
  }

  private DiskStore open(Path in, boolean logged) {
    DiskStore store = new DiskStore("states", logged);
    StateStoreContext mock =
        new MockProcessorContext<Void, Void>(new Properties(), new TaskId(0, 0), in.toFile())
            .getStateStoreContext();
    context = mock;
    store.init(
        (StateStoreContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {StateStoreContext.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("register")) {
                    restoration = (BatchingStateRestoreCallback) arguments[1];
                    return null;
                  }
                  return method.invoke(mock, arguments);
                }),
        store);
    stores.add(store);
    return store;
  }

  private BatchingStateRestoreCallback restoration() {
    if (restoration == null) {
      throw new IllegalStateException("nothing is open");
    }
    return restoration;
  }

  private static List<String> keys(KeyValueIterator<Bytes, byte[]> entries) {
    List<String> keys = new ArrayList<>();
    try (entries) {
      while (entries.hasNext()) {
        assertThat(entries.peekNextKey()).isNotNull();
        keys.add(new String(entries.next().key.get(), StandardCharsets.UTF_8));
      }
    }
    return keys;
  }

  private static Bytes key(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] value(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
