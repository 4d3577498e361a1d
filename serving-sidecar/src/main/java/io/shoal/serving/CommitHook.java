package io.shoal.serving;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Lets a processor act at each commit, in time for what it forwards or puts to be part of that
 * commit. Kafka Streams knows of this for its own caches only, so a hook is a store, without any
 * content.
 *
 * <p>The first hook that a thread comes to calls those of all its tasks: the tasks commit one after
 * the other, and each waits until the brokers have what the thread has sent until then. To be early
 * is harmless: exactly once all tasks of a thread share a transaction.
 */
final class CommitHook implements StateStore, CachedStateStore<byte[], byte[]> {
  private final String name;
  private final ThreadLocal<Set<CommitHook>> ofThread;
  private @Nullable Runnable action;
  private boolean open;

  private CommitHook(String name, ThreadLocal<Set<CommitHook>> ofThread) {
    this.name = name;
    this.ofThread = ofThread;
  }

  /** The hooks of a topology. */
  static final class Group {
    private final ThreadLocal<Set<CommitHook>> ofThread =
        ThreadLocal.withInitial(LinkedHashSet::new);

    /** Makes one for each task. */
    StoreBuilder<CommitHook> builder(String name) {
      return new Builder(name, ofThread);
    }
  }

  /**
   * Calls a processor at each commit until {@link #detach}. It may forward to its children.
   *
   * @param context as {@code init} gave it to the processor
   */
  void attach(ProcessorContext<?, ?> context, Runnable newAction) {
    InternalProcessorContext<?, ?> task = (InternalProcessorContext<?, ?>) context;
    ProcessorNode<?, ?, ?, ?> node = task.currentNode();
    action =
        () -> {
          ProcessorNode<?, ?, ?, ?> before = task.currentNode();
          task.setCurrentNode(node);
          try {
            newAction.run();
          } finally {
            task.setCurrentNode(before);
          }
        };
    ofThread.get().add(this);
  }

  /** A processor that closes has no say in commits any more. */
  void detach() {
    action = null;
    ofThread.get().remove(this);
  }

  @Override
  public void flushCache() {
    for (CommitHook hook : ofThread.get()) {
      if (hook.action != null) {
        hook.action.run();
      }
    }
  }

  @Override
  public void clearCache() {
    // nothing is kept
  }

  @Override
  public boolean setFlushListener(
      CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    open = true;
    context.register(root, (StateRestoreCallback) (key, value) -> {});
  }

  @Override
  public void flush() {
    // Comes after the commit.
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public Position getPosition() {
    return Position.emptyPosition();
  }

  /** There is nothing to cache or to log. */
  private record Builder(String name, ThreadLocal<Set<CommitHook>> ofThread)
      implements StoreBuilder<CommitHook> {
    @Override
    public CommitHook build() {
      return new CommitHook(name, ofThread);
    }

    @Override
    public StoreBuilder<CommitHook> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<CommitHook> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<CommitHook> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException("a hook has no content");
    }

    @Override
    public StoreBuilder<CommitHook> withLoggingDisabled() {
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }
  }
}
