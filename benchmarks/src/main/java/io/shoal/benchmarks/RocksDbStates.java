package io.shoal.benchmarks;

import io.shoal.features.BoundedRocksDb;
import io.shoal.features.FeatureReplay.StateStore;
import io.shoal.features.StateUnit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** States in RocksDB, a database for each unit, set up as Kafka Streams and the sidecar do. */
final class RocksDbStates implements AutoCloseable {
  private static final int MEMORY_MB = 128;

  private final Path directory;
  private final Map<String, Store> stores = new HashMap<>();

  private RocksDbStates(Path directory) {
    this.directory = directory;
  }

  static RocksDbStates open() throws IOException {
    RocksDB.loadLibrary();
    return new RocksDbStates(Files.createTempDirectory("shoal-bench-features"));
  }

  StateStore of(StateUnit unit) {
    return stores.computeIfAbsent(unit.name(), name -> new Store(directory.resolve(name), name));
  }

  @Override
  public void close() throws RocksDBException, IOException {
    for (Store store : stores.values()) {
      store.close();
    }
    Utils.delete(directory.toFile());
  }

  private static final class Store implements StateStore {
    private final String name;
    private final BoundedRocksDb setter = new BoundedRocksDb();
    private final Options options =
        new Options()
            .setCreateIfMissing(true)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setCompactionStyle(CompactionStyle.UNIVERSAL)
            .setMaxWriteBufferNumber(3)
            .setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(new BloomFilter()));
    private final WriteOptions write = new WriteOptions().setDisableWAL(true);
    private final RocksDB database;

    Store(Path directory, String name) {
      this.name = name;
      setter.setConfig(name, options, Map.of(BoundedRocksDb.MEMORY_MB_CONFIG, MEMORY_MB));
      try {
        database = RocksDB.open(options, directory.toString());
      } catch (RocksDBException e) {
        throw new IllegalStateException("cannot open " + directory, e);
      }
    }

    @Override
    public byte @Nullable [] get(String key) {
      try {
        return database.get(key.getBytes(StandardCharsets.UTF_8));
      } catch (RocksDBException e) {
        throw new IllegalStateException("cannot read " + name, e);
      }
    }

    @Override
    public void put(String key, byte[] value) {
      try {
        database.put(write, key.getBytes(StandardCharsets.UTF_8), value);
      } catch (RocksDBException e) {
        throw new IllegalStateException("cannot write " + name, e);
      }
    }

    void close() {
      database.close();
      setter.close(name, options);
      options.close();
      write.close();
    }
  }
}
