package io.shoal.serving;

import io.shoal.features.BoundedRocksDb;
import java.util.Map;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** How RocksDB is set up for our own stores: as Kafka Streams does it for its own. */
final class DiskOptions implements AutoCloseable {
  static {
    RocksDB.loadLibrary();
  }

  private static final double BLOOM_BITS = 10;

  private final String storeName;
  private final BoundedRocksDb bounds = new BoundedRocksDb();
  private final BloomFilter filter = new BloomFilter(BLOOM_BITS);
  private final Options options = new Options();

  /**
   * @param settings those of Kafka Streams, for {@link BoundedRocksDb}
   */
  DiskOptions(String storeName, Map<String, Object> settings) {
    this.storeName = storeName;
    options.setTableFormatConfig(new BlockBasedTableConfig().setFilterPolicy(filter));
    options.setCompactionStyle(CompactionStyle.UNIVERSAL);
    options.setCompressionType(CompressionType.NO_COMPRESSION);
    options.setCreateIfMissing(true);
    options.setInfoLogLevel(InfoLogLevel.ERROR_LEVEL);
    bounds.setConfig(storeName, options, settings);
  }

  Options get() {
    return options;
  }

  @Override
  public void close() {
    bounds.close(storeName, options);
    options.close();
    filter.close();
  }
}
