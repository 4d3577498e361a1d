package io.shoal.serving;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Keys and values in RocksDB, as Kafka Streams' own store, but for what a checkpoint costs while
 * records wait: that one writes a table and two files for each store, this one syncs its
 * write-ahead log if there was a change. What is restored is not logged; then a checkpoint writes a
 * table here as well.
 *
 * <p>One thread writes, any may read.
 */
final class DiskStore implements KeyValueStore<Bytes, byte[]> {
  private static final String METRICS_SCOPE = "rocksdb";

  private final String name;
  private final Position position = Position.emptyPosition();
  private final boolean logged;

  /** Nothing native is touched without it: what is closed is gone. */
  private final ReadWriteLock closing = new ReentrantReadWriteLock();

  private final Lock use = closing.readLock();
  private final Set<Entries> iterators = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Disk disk;
  private boolean unsynced;
  private boolean unflushed;

  /**
   * @param logged whether checkpoints come while records wait
   */
  DiskStore(String name, boolean logged) {
    this.name = name;
    this.logged = logged;
  }

  /**
   * Makes one for each task.
   *
   * @param logged whether checkpoints come while records wait, and not only at the end
   */
  static KeyValueBytesStoreSupplier supplier(String name, boolean logged) {
    return new StoreSupplier(name, METRICS_SCOPE, () -> new DiskStore(name, logged));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    File folder = new File(new File(context.stateDir(), "rocksdb"), name);
    DiskOptions options = new DiskOptions(name, context.appConfigs());
    try {
      Files.createDirectories(folder.toPath());
      RocksDB db = RocksDB.open(options.get(), folder.getPath());
      disk =
          new Disk(
              options,
              db,
              new WriteOptions().setDisableWAL(true),
              new WriteOptions(),
              new FlushOptions().setWaitForFlush(true),
              new DiskMetrics(METRICS_SCOPE, name, db, context));
    } catch (IOException | RocksDBException e) {
      options.close();
      throw new ProcessorStateException("cannot open " + name + " in " + folder, e);
    }
    context.register(root, new Restore());
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return ask(open -> open.db.get(key.get()));
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value) {
    change(
        open -> {
          WriteOptions how = logged ? open.logged : open.unlogged;
          if (value == null) {
            open.db.delete(how, key.get());
          } else {
            open.db.put(how, key.get(), value);
          }
        });
    wrote(logged);
  }

  @Override
  public byte @Nullable [] putIfAbsent(Bytes key, byte[] value) {
    byte[] before = get(key);
    if (before == null) {
      put(key, value);
    }
    return before;
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    List<KeyValue<byte[], byte[]>> plain = new ArrayList<>(entries.size());
    for (KeyValue<Bytes, byte[]> entry : entries) {
      plain.add(KeyValue.pair(entry.key.get(), entry.value));
    }
    write(plain, logged);
  }

  @Override
  public byte @Nullable [] delete(Bytes key) {
    byte[] before = get(key);
    put(key, null);
    return before;
  }

  private void write(Collection<KeyValue<byte[], byte[]>> entries, boolean log) {
    if (entries.isEmpty()) {
      return;
    }
    change(
        open -> {
          try (WriteBatch batch = new WriteBatch()) {
            for (KeyValue<byte[], byte[]> entry : entries) {
              if (entry.value == null) {
                batch.delete(entry.key);
              } else {
                batch.put(entry.key, entry.value);
              }
            }
            open.db.write(log ? open.logged : open.unlogged, batch);
          }
        });
    wrote(log);
  }

  private void wrote(boolean toLog) {
    unsynced |= toLog;
    unflushed |= !toLog;
  }

  @Override
  public void flush() {
    if (unflushed) {
      change(open -> open.db.flush(open.waiting));
    } else if (unsynced) {
      change(open -> open.db.syncWal());
    }
    unflushed = false;
    unsynced = false;
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    return range(null, null);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    return ask(
        open -> {
          RocksIterator position = open.db.newIterator();
          if (from == null) {
            position.seekToFirst();
          } else {
            position.seek(from.get());
          }
          Entries entries = new Entries(position, to);
          iterators.add(entries);
          return entries;
        });
  }

  /** Within a few, after many deletions. */
  @Override
  public long approximateNumEntries() {
    return ask(open -> open.db.getLongProperty("rocksdb.estimate-num-keys"));
  }

  @Override
  public void close() {
    closing.writeLock().lock();
    try {
      if (disk != null) {
        iterators.forEach(Entries::free);
        iterators.clear();
        disk.close();
        disk = null;
      }
    } finally {
      closing.writeLock().unlock();
    }
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean isOpen() {
    return disk != null;
  }

  @Override
  public Position getPosition() {
    return position;
  }

  /** What lies outside the heap. */
  private record Disk(
      DiskOptions options,
      RocksDB db,
      WriteOptions unlogged,
      WriteOptions logged,
      FlushOptions waiting,
      DiskMetrics metrics) {
    void close() {
      metrics.close();
      db.close();
      waiting.close();
      logged.close();
      unlogged.close();
      options.close();
    }
  }

  /** A question to the open database. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(Disk open) throws RocksDBException;
  }

  /** What is done to the open database. */
  @FunctionalInterface
  private interface Change {
    void make(Disk open) throws RocksDBException;
  }

  private <T> T ask(Question<T> question) {
    use.lock();
    try {
      if (disk == null) {
        throw new InvalidStateStoreException(name + " is closed");
      }
      return question.ask(disk);
    } catch (RocksDBException e) {
      throw new ProcessorStateException("the disk of " + name + ": " + e.getMessage(), e);
    } finally {
      use.unlock();
    }
  }

  private void change(Change change) {
    var unused =
        ask(
            open -> {
              change.make(open);
              return open;
            });
  }

  /** Reads the changelog back. */
  private final class Restore implements BatchingStateRestoreCallback {
    @Override
    public void restoreAll(Collection<KeyValue<byte[], byte[]>> records) {
      write(records, false);
    }

    @Override
    public void restore(byte[] key, byte[] value) {
      write(List.of(KeyValue.pair(key, value)), false);
    }
  }

  /** As of when it was made. */
  private final class Entries implements KeyValueIterator<Bytes, byte[]> {
    private final RocksIterator position;
    private final @Nullable Bytes to;
    private @Nullable KeyValue<Bytes, byte[]> next;

    Entries(RocksIterator position, @Nullable Bytes to) {
      this.position = position;
      this.to = to;
      next = current();
    }

    private @Nullable KeyValue<Bytes, byte[]> current() {
      if (!position.isValid()) {
        return null;
      }
      byte[] key = position.key();
      boolean beyond = to != null && Arrays.compareUnsigned(key, to.get()) > 0;
      return beyond ? null : KeyValue.pair(Bytes.wrap(key), position.value());
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Bytes peekNextKey() {
      return entry().key;
    }

    private KeyValue<Bytes, byte[]> entry() {
      if (next == null) {
        throw new NoSuchElementException();
      }
      return next;
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
      KeyValue<Bytes, byte[]> entry = entry();
      change(
          open -> {
            position.next();
            next = current();
          });
      return entry;
    }

    @Override
    public void close() {
      use.lock();
      try {
        if (iterators.remove(this)) {
          free();
        }
      } finally {
        use.unlock();
      }
    }

    private void free() {
      next = null;
      position.close();
    }
  }
}
