package io.shoal.console.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamWriter;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells whoever looks at a page once a second how everything stands. It is put together once for
 * all of them; who has not taken the last one gets none.
 */
public final class StateFeed extends Worker {
  private static final int LISTENERS_MAX = 200;
  private static final long INTERVAL_MS = 1_000;

  private final StateView view;
  private final JsonMapper json;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Semaphore pause = new Semaphore(0);

  /** Somebody who looks. */
  private static final class Listener {
    private final StreamWriter<ServerSentEvent> stream;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);

    Listener(StreamWriter<ServerSentEvent> stream) {
      this.stream = stream;
    }
  }

  /** A feed; {@link #start} starts it. */
  public StateFeed(StateView view, JsonMapper json) {
    super("console-feed");
    this.view = view;
    this.json = json;
  }

  /**
   * Listens.
   *
   * @throws RegistryException when too many listen already
   */
  StreamMessage<ServerSentEvent> subscribe() {
    if (listeners.size() >= LISTENERS_MAX) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, LISTENERS_MAX + " look already; close a page");
    }
    StreamWriter<ServerSentEvent> stream = StreamMessage.streaming();
    stream.write(ServerSentEvent.ofComment("once a second"));
    listeners.add(new Listener(stream));
    wake();
    return stream;
  }

  @Override
  protected void work() throws InterruptedException {
    listeners.removeIf(listener -> !listener.stream.isOpen());
    if (!listeners.isEmpty()) {
      ServerSentEvent event =
          ServerSentEvent.builder().event("state").data(text(view.state())).build();
      for (Listener listener : listeners) {
        if (listener.taken.isDone() && listener.stream.tryWrite(event)) {
          listener.taken = listener.stream.whenConsumed();
        }
      }
    }
    if (pause.tryAcquire(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
      pause.drainPermits();
    }
  }

  private String text(StateView.State state) {
    try {
      return json.writeValueAsString(state);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the state as JSON", e);
    }
  }

  @Override
  public void wake() {
    pause.release();
  }

  @Override
  protected void release() {
    listeners.forEach(listener -> listener.stream.close());
  }
}
