package io.shoal.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * A store on disk behind the states that were put last, which reach the disk when others take their
 * slots or their memory, or when Kafka Streams flushes the store for a checkpoint: whoever has just
 * paid pays again soon, and a state that changes ten times is written once. Nothing depends on the
 * disk being up to date: what was put goes to the changelog with the commit, and a store that was
 * not closed in order is restored from there.
 *
 * <p>Two slots for each hash, so that hardly anything is searched; what was put last stands in the
 * first or replaces itself, and what leaves the second is on the disk before. When the states have
 * grown beyond the bound, those leave that nobody has asked for since the last round of the clock
 * (Corbato's second chance). One thread writes, any may read.
 */
final class WriteBackStore
    implements KeyValueStore<Bytes, byte[]>, CachedStateStore<byte[], byte[]> {
  /** 2^32 divided by the golden ratio. */
  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /** A state that goes on changing is written once in so many commits. */
  private static final int COMMITS_PER_ROUND = 64;

  private static final Comparator<KeptState> BY_KEY =
      (a, b) -> Arrays.compareUnsigned(a.key(), b.key());

  /** Bytes of the bound for each slot: there are more slots than states, mostly. */
  private static final int BYTES_PER_SLOT = 128;

  private static final int SLOTS_MIN = 256;

  private final KeyValueStore<Bytes, byte[]> disk;
  private final LongSupplier bound;
  private final boolean ahead;
  private final BiFunction<StateStoreContext, String, Changelog> changelogs;

  private Changelog changelog = Changelog.NONE;

  private AtomicReferenceArray<@Nullable KeptState> slots = new AtomicReferenceArray<>(2);

  /** The slots whose entries the disk does not have yet. */
  private final BitSet dirty = new BitSet();

  /** The slots whose entries the changelog does not have yet. */
  private final BitSet unlogged = new BitSet();

  private long bytesMax;

  /** What the entries take of the heap. */
  private long bytes;

  /** The slot up to which memory was taken back. */
  private int clock;

  /** The slot up to which commits have written. */
  private int hand;

  /** The slot up to which {@link #visit} has come. */
  private int visited;

  /** The key from which it goes on on the disk; null for the first. */
  private @Nullable Bytes toVisit;

  /**
   * @param disk what the states lie in
   * @param bound bytes of the heap that the states may take; asked for when the store opens
   * @param ahead whether commits write some, so that a checkpoint finds little to write
   * @param changelogs gives the changelog of the store with a name; asked for when it opens
   */
  WriteBackStore(
      KeyValueStore<Bytes, byte[]> disk,
      LongSupplier bound,
      boolean ahead,
      BiFunction<StateStoreContext, String, Changelog> changelogs) {
    this.disk = disk;
    this.bound = bound;
    this.ahead = ahead;
    this.changelogs = changelogs;
  }

  /** Puts this before each store that the supplier makes. */
  static KeyValueBytesStoreSupplier before(
      KeyValueBytesStoreSupplier disk,
      LongSupplier bound,
      boolean ahead,
      BiFunction<StateStoreContext, String, Changelog> changelogs) {
    return new StoreSupplier(
        disk.name(),
        disk.metricsScope(),
        () -> new WriteBackStore(disk.get(), bound, ahead, changelogs));
  }

  /**
   * What lies under what Kafka Streams has put around it. Processors use it directly, since that
   * would write each change to the changelog by itself, and make the key's bytes for each call.
   */
  static WriteBackStore under(StateStore store) {
    StateStore inner = store;
    while (!(inner instanceof WriteBackStore states)) {
      if (!(inner instanceof WrappedStateStore<?, ?, ?> wrapped)) {
        throw new IllegalStateException("no states are kept in the store " + store.name());
      }
      inner = wrapped.wrapped();
    }
    return states;
  }

  @Override
  public String name() {
    return disk.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    bytesMax = bound.getAsLong();
    slots =
        new AtomicReferenceArray<>(
            Integer.highestOneBit(
                (int) Math.max(SLOTS_MIN, Math.min(1 << 30, bytesMax / BYTES_PER_SLOT))));
    dirty.clear();
    unlogged.clear();
    bytes = 0;
    clock = 0;
    hand = 0;
    visited = 0;
    toVisit = null;
    changelog = changelogs.apply(context, name());
    // What is restored goes to the disk directly.
    disk.init(context, root);
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    int hash = hash(key);
    int slot = slot(hash, slots.length());
    KeptState entry = slots.get(slot);
    if (entry == null || !entry.isOf(hash, key)) {
      entry = slots.get(slot + 1);
    }
    if (entry == null || !entry.isOf(hash, key)) {
      return disk.get(key);
    }
    entry.use();
    return entry.state();
  }

  /**
   * Keeps a state. For what processes a record or runs on a timer, whose time goes to the changelog
   * with it.
   *
   * @param state null deletes the key
   */
  @Override
  public void put(Bytes key, byte @Nullable [] state) {
    int hash = hash(key);
    int slot = slot(hash, slots.length());
    KeptState first = slots.get(slot);
    KeptState second = slots.get(slot + 1);
    if (first != null && first.isOf(hash, key)) {
      replace(slot, first, state);
    } else if (second != null && second.isOf(hash, key)) {
      replace(slot + 1, second, state);
    } else {
      KeptState entry = new KeptState(hash, key);
      entry.set(state, changelog.timestampMs());
      bytes += entry.bytes();
      if (first != null) {
        if (second != null) {
          leave(slot + 1, second);
        }
        // In this order: a reader looks at the first slot first.
        slots.set(slot + 1, first);
        dirty.set(slot + 1, dirty.get(slot));
        unlogged.set(slot + 1, unlogged.get(slot));
      }
      slots.set(slot, entry);
      changed(slot);
    }
    while (bytes > bytesMax) {
      takeBack();
    }
  }

  private void replace(int slot, KeptState entry, byte @Nullable [] state) {
    int before = entry.bytes();
    entry.use();
    entry.set(state, changelog.timestampMs());
    changed(slot);
    bytes += entry.bytes() - before;
  }

  private void changed(int slot) {
    dirty.set(slot);
    if (changelog != Changelog.NONE) {
      unlogged.set(slot);
    }
  }

  /** Sees to it that changelog and disk have what is about to leave its slot. */
  private void leave(int slot, KeptState entry) {
    if (unlogged.get(slot)) {
      log(entry);
      unlogged.clear(slot);
    }
    if (dirty.get(slot)) {
      disk.put(Bytes.wrap(entry.key()), entry.state());
      dirty.clear(slot);
    }
    bytes -= entry.bytes();
  }

  /** Lets the clock go on by one slot. */
  private void takeBack() {
    KeptState entry = slots.get(clock);
    if (entry != null && !entry.wasUsed()) {
      leave(clock, entry);
      slots.set(clock, null);
    }
    clock = (clock + 1) % slots.length();
  }

  @Override
  public byte @Nullable [] putIfAbsent(Bytes key, byte[] state) {
    byte[] before = get(key);
    if (before == null) {
      put(key, state);
    }
    return before;
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
    entries.forEach(entry -> put(entry.key, entry.value));
  }

  @Override
  public byte @Nullable [] delete(Bytes key) {
    byte[] before = get(key);
    put(key, null);
    return before;
  }

  @Override
  public void flush() {
    writeBack(0, slots.length());
    disk.flush();
  }

  /**
   * Writes what has changed since the last commit to the changelog: a state that changed ten times
   * is written once.
   */
  void log() {
    for (int slot = unlogged.nextSetBit(0); slot >= 0; slot = unlogged.nextSetBit(slot + 1)) {
      log(Objects.requireNonNull(slots.get(slot)));
    }
    unlogged.clear();
  }

  private void log(KeptState entry) {
    changelog.log(Bytes.wrap(entry.key()), entry.state(), entry.changedMs());
  }

  /**
   * At a commit nothing is due but the changelog. But where a checkpoint may come while records are
   * waiting, little is to be left for it.
   */
  @Override
  public void flushCache() {
    log();
    if (ahead) {
      int to = Math.min(slots.length(), hand + Math.max(1, slots.length() / COMMITS_PER_ROUND));
      writeBack(hand, to);
      hand = to % slots.length();
    }
  }

  private void writeBack(int from, int to) {
    List<KeptState> written = new ArrayList<>();
    for (int slot = dirty.nextSetBit(from);
        slot >= 0 && slot < to;
        slot = dirty.nextSetBit(slot + 1)) {
      written.add(Objects.requireNonNull(slots.get(slot)));
    }
    // In the order in which they will lie there: taking in neighbours costs about half.
    written.sort(BY_KEY);
    disk.putAll(
        written.stream()
            .map(entry -> KeyValue.pair(Bytes.wrap(entry.key()), entry.state()))
            .toList());
    dirty.clear(from, to);
  }

  /** The task becomes a standby or stops being one; a standby writes to the disk directly. */
  @Override
  public void clearCache() {
    for (int slot = 0; slot < slots.length(); slot++) {
      slots.set(slot, null);
    }
    dirty.clear();
    unlogged.clear();
    bytes = 0;
  }

  @Override
  public boolean setFlushListener(
      CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
    return false;
  }

  /**
   * Shows some states at a time, and all of them in the long run: first those in memory, then those
   * on the disk as they are there, which may be older than those in memory.
   *
   * @param count at most so many
   */
  void visit(int count, BiConsumer<Bytes, byte[]> visitor) {
    int seen = 0;
    while (visited < slots.length() && seen < count) {
      KeptState entry = slots.get(visited++);
      byte[] state = entry == null ? null : entry.state();
      if (entry != null && state != null) {
        visitor.accept(Bytes.wrap(entry.key()), state);
        seen++;
      }
    }
    if (seen == count) {
      return;
    }
    try (KeyValueIterator<Bytes, byte[]> entries = disk.range(toVisit, null)) {
      while (entries.hasNext() && seen++ < count) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        visitor.accept(entry.key, entry.value);
      }
      toVisit = entries.hasNext() ? entries.peekNextKey() : null;
    }
    if (toVisit == null) {
      visited = 0;
    }
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    throw unsupported();
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    throw unsupported();
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException("states in memory have no order; get one, or visit");
  }

  @Override
  public long approximateNumEntries() {
    return disk.approximateNumEntries();
  }

  @Override
  public void close() {
    disk.close();
  }

  @Override
  public boolean persistent() {
    return disk.persistent();
  }

  @Override
  public boolean isOpen() {
    return disk.isOpen();
  }

  @Override
  public Position getPosition() {
    return disk.getPosition();
  }

  /** Kafka's own, which looks at four bytes at a time. */
  static int hash(Bytes key) {
    return Utils.murmur2(key.get());
  }

  /**
   * The first slot of a key by Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4),
   * which spreads the keys that differ in a few digits.
   *
   * @param slots a power of two above 2
   */
  static int slot(int hash, int slots) {
    return ((hash * GOLDEN_RATIO) >>> (Integer.numberOfLeadingZeros(slots) + 2)) << 1;
  }
}
