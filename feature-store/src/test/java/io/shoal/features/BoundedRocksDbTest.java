package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class BoundedRocksDbTest {
  private static final long MIB = 1L << 20;

  static {
    RocksDB.loadLibrary();
  }

  @TempDir private Path directory;

  @Test
  void shouldBoundTheMemoryOfAllStoresTogether() {
    try (TopologyTestDriver driver = driver("one", 16)) {
      fill(driver, "left");
      fill(driver, "right");

      // Both report the one cache, which is charged for the write buffers of both.
      assertThat(metrics(driver, "block-cache-capacity")).containsExactly(16 * MIB, 16 * MIB);
      assertThat(metrics(driver, "block-cache-usage"))
          .hasSize(2)
          .allSatisfy(usage -> assertThat(usage).isBetween(MIB, 17 * MIB));
      long writeBuffers =
          metrics(driver, "size-all-mem-tables").stream().mapToLong(Long::longValue).sum();
      assertThat(writeBuffers).isLessThan(10 * MIB);
    }
  }

  @Test
  void shouldShareTheMemoryAcrossApplicationsOfTheProcess() {
    try (TopologyTestDriver one = driver("one", 32);
        TopologyTestDriver two = driver("two", 32)) {
      fill(one, "left");

      // The stores of the second are empty: what they report is what the first has filled.
      assertThat(metrics(two, "block-cache-usage"))
          .hasSize(2)
          .allSatisfy(usage -> assertThat(usage).isGreaterThan(8 * MIB));
    }
  }

  @Test
  void shouldGiveTheMemoryBackWithTheLastStore() {
    driver("one", 16).close();
    try (TopologyTestDriver driver = driver("two", 64)) {
      assertThat(metrics(driver, "block-cache-capacity")).containsExactly(64 * MIB, 64 * MIB);
    }
  }

  @Test
  void shouldRefuseAnotherBoundWhileStoresAreOpen() {
    try (TopologyTestDriver one = driver("one", 16)) {
      assertThatThrownBy(() -> driver("two", 17))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("shoal.rocksdb.memory.mb")
          .hasMessageContaining("opened with 16");
      assertThat(metrics(one, "block-cache-capacity")).containsExactly(16 * MIB, 16 * MIB);
    }
  }

  @Test
  void shouldRefuseABoundOutOfRange() {
    try (Options options = options()) {
      assertThatThrownBy(() -> configure(options, "8"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("shoal.rocksdb.memory.mb");
    }
  }

  @Test
  void shouldCacheIndexesAndFiltersAndBoundTheWriteBuffers() {
    try (Options options = options()) {
      BoundedRocksDb setter = configure(options, "64");
      BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();

      assertThat(table.cacheIndexAndFilterBlocks()).isTrue();
      assertThat(table.cacheIndexAndFilterBlocksWithHighPriority()).isTrue();
      assertThat(options.writeBufferManager()).isNotNull();
      assertThat(options.writeBufferSize()).isEqualTo(8 * MIB);
      setter.close("store", options);
    }
  }

  @Test
  void shouldTake256MibByDefault() {
    assertThat(BoundedRocksDb.OPTIONS.defaultValues())
        .containsExactly(Map.entry("shoal.rocksdb.memory.mb", 256));
  }

  private static Options options() {
    return new Options().setTableFormatConfig(new BlockBasedTableConfig());
  }

  private static BoundedRocksDb configure(Options options, String memoryMb) {
    BoundedRocksDb setter = new BoundedRocksDb();
    setter.setConfig("store", options, Map.of("shoal.rocksdb.memory.mb", memoryMb));
    return setter;
  }

  private TopologyTestDriver driver(String application, int memoryMb) {
    StreamsBuilder builder = new StreamsBuilder();
    for (String store : List.of("left", "right")) {
      builder.addStateStore(
          Stores.keyValueStoreBuilder(
                  Stores.persistentKeyValueStore(store), Serdes.Integer(), Serdes.ByteArray())
              .withLoggingDisabled());
    }
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.String()))
        .process(IdleProcessor::new, "left", "right");
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "not.used:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
    properties.put(BoundedRocksDb.MEMORY_MB_CONFIG, Integer.toString(memoryMb));
    return new TopologyTestDriver(builder.build(), properties, Instant.EPOCH);
  }

  /** Writes and reads back 48 MiB that do not compress. */
  private static void fill(TopologyTestDriver driver, String name) {
    KeyValueStore<Integer, byte[]> store = driver.getKeyValueStore(name);
    byte[] value = new byte[4_096];
    Random random = new Random(1);
    for (int key = 0; key < 12_288; key++) {
      random.nextBytes(value);
      store.put(key, value);
    }
    for (int key = 0; key < 12_288; key++) {
      assertThat(store.get(key)).hasSize(value.length);
    }
  }

  private static List<Long> metrics(TopologyTestDriver driver, String name) {
    return driver.metrics().values().stream()
        .filter(m -> m.metricName().name().equals(name))
        .map(m -> ((Number) m.metricValue()).longValue())
        .toList();
  }

  /** Gives the stores a place in the topology; the test writes to them itself. */
  private static final class IdleProcessor
      extends ContextualProcessor<String, String, String, String> {
    @Override
    public void process(Record<String, String> message) {}
  }
}
