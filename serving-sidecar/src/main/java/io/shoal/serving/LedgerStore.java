package io.shoal.serving;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What was scored, by transaction, for as long as labels may come. {@code put} takes a {@link Pack}
 * of entries, {@code get} gives one of them: what is put goes to the changelog as one record and to
 * RocksDB as one write, so that an entry costs a fraction of what it would cost alone.
 *
 * <p>The key of a pack is of no account, as long as no other pack has it. The key of an entry is
 * its transaction's id in UTF-8, its value a {@link ScoredEntry}. Later entries replace earlier
 * ones of the same transaction.
 */
final class LedgerStore implements KeyValueStore<Bytes, byte[]> {
  private final String name;
  private final Position position = Position.emptyPosition();
  private final Duration retention;
  private @Nullable LedgerSegments segments;

  /**
   * @param retention how long before the newest entry
   */
  LedgerStore(String name, Duration retention) {
    this.name = name;
    this.retention = retention;
  }

  /** Makes one for each task. */
  static KeyValueBytesStoreSupplier supplier(String name, Duration retention) {
    return new StoreSupplier(name, "ledger", () -> new LedgerStore(name, retention));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    File folder = new File(new File(context.stateDir(), "rocksdb"), name);
    try {
      Files.createDirectories(folder.toPath());
      segments = new LedgerSegments(name, folder.getPath(), retention, context.appConfigs());
    } catch (IOException | RocksDBException e) {
      throw new ProcessorStateException("cannot open the ledger in " + folder, e);
    }
    context.register(root, (StateRestoreCallback) (key, pack) -> write(pack));
  }

  @Override
  public void put(Bytes key, byte[] pack) {
    write(pack);
  }

  private void write(byte[] pack) {
    LedgerSegments open = open();
    Pack.forEachPlace(
        pack,
        (bytes, keyFrom, keyLength, valueFrom, valueLength) ->
            add(
                Arrays.copyOfRange(bytes, keyFrom, keyFrom + keyLength),
                Arrays.copyOfRange(bytes, valueFrom, valueFrom + valueLength),
                open));
    try {
      open.write();
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private static void add(byte[] transactionId, byte[] entry, LedgerSegments to) {
    try {
      to.add(transactionId, entry, ScoredEntry.timeMs(entry, 0));
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public byte @Nullable [] get(Bytes transactionId) {
    try {
      return open().get(transactionId.get());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void flush() {
    try {
      open().flush();
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    if (segments != null) {
      segments.close();
      segments = null;
    }
  }

  private LedgerSegments open() {
    if (segments == null) {
      throw new InvalidStateStoreException("the ledger is closed");
    }
    return segments;
  }

  private static ProcessorStateException failed(RocksDBException cause) {
    return new ProcessorStateException("the ledger's disk: " + cause.getMessage(), cause);
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean isOpen() {
    return segments != null;
  }

  @Override
  public Position getPosition() {
    return position;
  }

  @Override
  public long approximateNumEntries() {
    throw unsupported();
  }

  @Override
  public byte[] putIfAbsent(Bytes key, byte[] pack) {
    throw unsupported();
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> packs) {
    throw unsupported();
  }

  @Override
  public byte[] delete(Bytes transactionId) {
    throw unsupported();
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    throw unsupported();
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    throw unsupported();
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("a ledger takes packs and gives entries");
  }
}
