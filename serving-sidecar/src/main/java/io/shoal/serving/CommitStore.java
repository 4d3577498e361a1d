package io.shoal.serving;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * A store for what changes with every record while only what it is at a commit counts: its owner
 * keeps the content in a form of its own and is asked for it at each commit, in time for what it
 * writes to be part of that commit. In memory, with a changelog.
 */
final class CommitStore implements StateStore, CachedStateStore<byte[], byte[]> {
  private final KeyValueStore<Integer, byte[]> content;
  private @Nullable Consumer<KeyValueStore<Integer, byte[]>> owner;

  private CommitStore(KeyValueStore<Integer, byte[]> content) {
    this.content = content;
  }

  /** Makes one for each task. */
  static StoreBuilder<CommitStore> builder(String name) {
    return new Builder(
        Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.Integer(), Serdes.ByteArray()));
  }

  /** What was written at the last commit, also by another instance. */
  KeyValueStore<Integer, byte[]> content() {
    return content;
  }

  /** Has the owner write what has changed, from now on at each commit. */
  void atCommits(Consumer<KeyValueStore<Integer, byte[]>> newOwner) {
    owner = newOwner;
  }

  @Override
  public String name() {
    return content.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    content.init(context, root);
  }

  @Override
  public void flushCache() {
    if (owner != null) {
      owner.accept(content);
    }
  }

  /** The task becomes a standby or stops being one, and another owner comes. */
  @Override
  public void clearCache() {
    owner = null;
  }

  @Override
  public boolean setFlushListener(
      CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public void flush() {
    flushCache();
    content.flush();
  }

  @Override
  public void close() {
    content.close();
  }

  @Override
  public boolean persistent() {
    return content.persistent();
  }

  @Override
  public boolean isOpen() {
    return content.isOpen();
  }

  @Override
  public Position getPosition() {
    return content.getPosition();
  }

  /** Leaves to the content whether there is a changelog. */
  private record Builder(StoreBuilder<KeyValueStore<Integer, byte[]>> content)
      implements StoreBuilder<CommitStore> {
    @Override
    public CommitStore build() {
      return new CommitStore(content.build());
    }

    @Override
    public StoreBuilder<CommitStore> withCachingEnabled() {
      throw new UnsupportedOperationException("it is one");
    }

    @Override
    public StoreBuilder<CommitStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<CommitStore> withLoggingEnabled(Map<String, String> config) {
      content.withLoggingEnabled(config);
      return this;
    }

    @Override
    public StoreBuilder<CommitStore> withLoggingDisabled() {
      content.withLoggingDisabled();
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return content.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return content.loggingEnabled();
    }

    @Override
    public String name() {
      return content.name();
    }
  }
}
