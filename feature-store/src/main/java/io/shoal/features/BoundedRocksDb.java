package io.shoal.features;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the native memory of all RocksDB stores of the process together: one block cache, which
 * holds index and filter blocks too and is charged for the write buffers.
 *
 * <p>Give it to Kafka Streams as {@code rocksdb.config.setter}; {@link #OPTIONS} are read from the
 * same properties. The memory is taken when the first store opens and given back when the last one
 * closes. Streams equips every store with a Bloom filter already (10 bits a key).
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {
  /** Key of the bound, in MiB. */
  public static final String MEMORY_MB_CONFIG = "shoal.rocksdb.memory.mb";

  /** What can be set. */
  public static final ConfigDef OPTIONS =
      new ConfigDef()
          .define(
              MEMORY_MB_CONFIG,
              ConfigDef.Type.INT,
              256,
              ConfigDef.Range.between(16, 1 << 20),
              ConfigDef.Importance.MEDIUM,
              "Native memory in MiB for block cache and write buffers of all RocksDB stores of the"
                  + " process together; 16 to 1048576.");

  private static final long MIB = 1L << 20;

  /** Keys per slot of the hash index of a block: states are always asked for by their whole key. */
  private static final double HASH_TABLE_USE = 0.75;

  private static final int SHARDS_BY_SIZE = -1;
  private static final long BLOCK_SIZE = 4_096;
  private static final long WRITE_BUFFER_MAX = 16 * MIB;
  private static final Object LOCK = new Object();
  private static @Nullable Memory shared;

  /** Made by Kafka Streams, once per store. */
  public BoundedRocksDb() {}

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    int memoryMb = new AbstractConfig(OPTIONS, configs, false).getInt(MEMORY_MB_CONFIG);
    Memory memory = acquire(storeName, memoryMb);
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(memory.cache);
    table.setBlockSize(BLOCK_SIZE);
    table.setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash);
    table.setDataBlockHashTableUtilRatio(HASH_TABLE_USE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(memory.writeBuffers);
    options.setWriteBufferSize(Math.min(WRITE_BUFFER_MAX, memoryMb * MIB / 8));
  }

  /** RocksDB keeps the shared objects alive until the store itself is closed. */
  @Override
  public void close(String storeName, Options options) {
    synchronized (LOCK) {
      if (shared != null && --shared.stores == 0) {
        shared.writeBuffers.close();
        shared.cache.close();
        shared = null;
      }
    }
  }

  private static Memory acquire(String storeName, int memoryMb) {
    synchronized (LOCK) {
      if (shared == null) {
        shared = new Memory(memoryMb);
      } else if (shared.memoryMb != memoryMb) {
        throw new ConfigException(
            MEMORY_MB_CONFIG,
            memoryMb,
            "store %s shares its memory with stores that were opened with %d; set the same value"
                .formatted(storeName, shared.memoryMb));
      }
      shared.stores++;
      return shared;
    }
  }

  private static final class Memory {
    final int memoryMb;
    final Cache cache;
    final WriteBufferManager writeBuffers;
    int stores;

    Memory(int memoryMb) {
      this.memoryMb = memoryMb;
      // Without a lock on each access, unlike the LRU cache; it too keeps index and filters
      // longest.
      cache = new HyperClockCache(memoryMb * MIB, BLOCK_SIZE, SHARDS_BY_SIZE, false);
      writeBuffers = new WriteBufferManager(memoryMb * MIB / 2, cache);
    }
  }
}
