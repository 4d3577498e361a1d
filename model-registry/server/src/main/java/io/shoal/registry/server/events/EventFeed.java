package io.shoal.registry.server.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamWriter;
import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.AuditLog;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends the log's new rows to whoever listens, from any instance. Each listener has its own place
 * in the log and is sent the next rows only when it has taken the ones before: a slow one costs no
 * memory, and nobody misses a row.
 */
public final class EventFeed extends Worker {
  private static final int LISTENERS_MAX = 200;
  private static final int BATCH = 100;
  private static final long POLL_MS = 200;
  private static final long SIGN_OF_LIFE_NS = Duration.ofSeconds(15).toNanos();

  private final AuditLog entries;
  private final JsonMapper json;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Semaphore news = new Semaphore(0);

  /** Somebody who listens. */
  private static final class Listener {
    private final String model;
    private final StreamWriter<ServerSentEvent> stream;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private long lastId;
    private long wroteNs = System.nanoTime();

    Listener(String model, StreamWriter<ServerSentEvent> stream, long lastId) {
      this.model = model;
      this.stream = stream;
      this.lastId = lastId;
    }
  }

  /** A feed; {@link #start} starts it. */
  public EventFeed(AuditLog entries, JsonMapper json) {
    super("registry-events");
    this.entries = entries;
    this.json = json;
  }

  /**
   * Listens.
   *
   * @param model whose changes; empty for all
   * @param lastSeen id after which to go on; empty for what comes from now on
   * @throws RegistryException when too many listen already
   */
  public StreamMessage<ServerSentEvent> subscribe(String model, Optional<Long> lastSeen) {
    if (listeners.size() >= LISTENERS_MAX) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, LISTENERS_MAX + " listen already; share a stream");
    }
    long after = lastSeen.orElseGet(entries::lastId);
    StreamWriter<ServerSentEvent> stream = StreamMessage.streaming();
    stream.write(ServerSentEvent.ofComment("listening after " + after));
    listeners.add(new Listener(model, stream, after));
    return stream;
  }

  @Override
  protected void work() throws InterruptedException {
    listeners.removeIf(listener -> !listener.stream.isOpen());
    Map<Long, List<AuditEntry>> batches = new HashMap<>();
    boolean more = false;
    for (Listener listener : listeners) {
      if (listener.taken.isDone()) {
        List<AuditEntry> batch =
            batches.computeIfAbsent(listener.lastId, id -> entries.after(id, BATCH));
        more |= batch.size() == BATCH;
        send(listener, batch);
      }
    }
    if (!more && news.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
  }

  private void send(Listener listener, List<AuditEntry> batch) {
    boolean wrote = false;
    for (AuditEntry entry : batch) {
      if (listener.model.isEmpty() || listener.model.equals(entry.model())) {
        wrote |= listener.stream.tryWrite(event(entry));
      }
      listener.lastId = entry.id();
    }
    long now = System.nanoTime();
    if (!wrote && now - listener.wroteNs > SIGN_OF_LIFE_NS) {
      // Shows proxies and us that the other end is still there.
      wrote = listener.stream.tryWrite(ServerSentEvent.ofComment("still here"));
    }
    if (wrote) {
      listener.wroteNs = now;
      listener.taken = listener.stream.whenConsumed();
    }
  }

  private ServerSentEvent event(AuditEntry entry) {
    try {
      return ServerSentEvent.builder()
          .id(String.valueOf(entry.id()))
          .event(entry.action().name())
          .data(json.writeValueAsString(entry))
          .build();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a change as JSON", e);
    }
  }

  @Override
  public void wake() {
    news.release();
  }

  @Override
  protected void release() {
    listeners.forEach(listener -> listener.stream.close());
  }
}
