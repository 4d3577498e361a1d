package io.shoal.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The files of a {@link LedgerStore}: a RocksDB with a column family for each segment of time. The
 * oldest goes as a whole when no entry of it is within the retention, as told by the newest entry.
 * Not thread-safe.
 */
final class LedgerSegments implements AutoCloseable {
  /** A retention has so many. */
  private static final int SEGMENTS = 10;

  private final long retentionMs;
  private final long segmentMs;
  private final DiskOptions options;
  private final ColumnFamilyOptions segmentOptions;
  private final DBOptions dbOptions;

  /** What is not on disk is in the changelog. */
  private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);

  private final FlushOptions flushOptions = new FlushOptions().setWaitForFlush(true);
  private final WriteBatch batch = new WriteBatch();
  private final ColumnFamilyHandle unused;
  private final RocksDB db;
  private final TreeMap<Long, ColumnFamilyHandle> segments = new TreeMap<>();
  private long newestMs = Long.MIN_VALUE;

  /**
   * Opens what lies in a folder, or begins there.
   *
   * @param settings those of Kafka Streams
   */
  LedgerSegments(String name, String folder, Duration retention, Map<String, Object> settings)
      throws RocksDBException {
    retentionMs = retention.toMillis();
    segmentMs = Math.max(1, retentionMs / SEGMENTS);
    options = new DiskOptions(name, settings);
    segmentOptions = new ColumnFamilyOptions(options.get());
    dbOptions = new DBOptions(options.get());
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (byte[] family : RocksDB.listColumnFamilies(options.get(), folder)) {
      if (!Arrays.equals(family, RocksDB.DEFAULT_COLUMN_FAMILY)) {
        families.add(new ColumnFamilyDescriptor(family, segmentOptions));
      }
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    db = RocksDB.open(dbOptions, folder, families, handles);
    unused = handles.get(0);
    for (int i = 1; i < handles.size(); i++) {
      long segment = Long.parseLong(new String(families.get(i).getName(), UTF_8));
      segments.put(segment, handles.get(i));
      newestMs = Math.max(newestMs, segment * segmentMs);
    }
  }

  /** Adds an entry to the next {@link #write}, if it is within the retention. */
  void add(byte[] transactionId, byte[] entry, long timeMs) throws RocksDBException {
    newestMs = Math.max(newestMs, timeMs);
    long segment = Math.floorDiv(timeMs, segmentMs);
    if (segment >= oldest()) {
      batch.put(family(segment), transactionId, entry);
    }
  }

  private ColumnFamilyHandle family(long segment) throws RocksDBException {
    ColumnFamilyHandle family = segments.get(segment);
    if (family == null) {
      byte[] familyName = Long.toString(segment).getBytes(UTF_8);
      family = db.createColumnFamily(new ColumnFamilyDescriptor(familyName, segmentOptions));
      segments.put(segment, family);
    }
    return family;
  }

  private long oldest() {
    return Math.floorDiv(newestMs - retentionMs, segmentMs);
  }

  /** Writes what was added, and drops segments that have expired by it. */
  void write() throws RocksDBException {
    db.write(unlogged, batch);
    batch.clear();
    while (!segments.isEmpty() && segments.firstKey() < oldest()) {
      try (ColumnFamilyHandle expired = segments.pollFirstEntry().getValue()) {
        db.dropColumnFamily(expired);
      }
    }
  }

  /** The entry of a transaction in the newest segment that has one. */
  byte @Nullable [] get(byte[] transactionId) throws RocksDBException {
    for (ColumnFamilyHandle segment : segments.descendingMap().values()) {
      byte[] entry = db.get(segment, transactionId);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  /** Writes all to disk. */
  void flush() throws RocksDBException {
    if (!segments.isEmpty()) {
      db.flush(flushOptions, new ArrayList<>(segments.values()));
    }
  }

  @Override
  public void close() {
    segments.values().forEach(ColumnFamilyHandle::close);
    unused.close();
    db.close();
    batch.close();
    flushOptions.close();
    unlogged.close();
    dbOptions.close();
    segmentOptions.close();
    options.close();
  }
}
