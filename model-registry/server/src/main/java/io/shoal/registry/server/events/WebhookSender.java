package io.shoal.registry.server.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.Delivery;
import io.shoal.registry.server.store.Webhooks;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells webhooks of changes, each in order. What does not arrive is tried again, with pauses that
 * double from a second to an hour, for some twenty hours; the queue is in the database, so that a
 * restart loses nothing. A delivery may come twice; its id is the same then.
 */
public final class WebhookSender extends Worker {
  private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final long POLL_MS = 1_000;
  private static final long PAUSE_MAX_SECONDS = 3_600;
  private static final int ATTEMPTS_MAX = 30;

  private final Webhooks webhooks;
  private final JsonMapper json;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Semaphore news = new Semaphore(0);

  /** A sender; {@link #start} starts it. */
  public WebhookSender(Webhooks webhooks, JsonMapper json, Clock clock) {
    super("registry-webhooks");
    this.webhooks = webhooks;
    this.json = json;
    this.clock = clock;
  }

  @Override
  protected void work() throws InterruptedException {
    List<Webhooks.Due> due = webhooks.due();
    List<CompletableFuture<@Nullable String>> answers = due.stream().map(this::send).toList();
    for (int i = 0; i < due.size(); i++) {
      settle(due.get(i), answers.get(i).join());
    }
    if (due.isEmpty() && news.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
  }

  /** Null when it arrived, else what went wrong. */
  private CompletableFuture<@Nullable String> send(Webhooks.Due due) {
    String id = "shoal-" + due.entry().id();
    long timestamp = clock.instant().getEpochSecond();
    String body = body(due);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(due.webhook().url()))
            .timeout(ANSWER_TIMEOUT)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", String.valueOf(timestamp))
            .header(
                "webhook-signature",
                WebhookSignature.sign(due.webhook().secret(), id, timestamp, body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
        .handle((answer, failure) -> failure == null ? failure(answer) : failure.toString());
  }

  private static @Nullable String failure(HttpResponse<Void> answer) {
    return answer.statusCode() / 100 == 2 ? null : "status " + answer.statusCode();
  }

  private void settle(Webhooks.Due due, @Nullable String failure) {
    Delivery delivery = due.delivery();
    if (failure == null) {
      webhooks.remove(delivery);
    } else if (delivery.attempts() + 1 >= ATTEMPTS_MAX) {
      log.warn("{}: gave change {} up: {}", due.webhook(), delivery.auditId(), failure);
      webhooks.remove(delivery);
    } else {
      long pause = Math.min(PAUSE_MAX_SECONDS, 1L << Math.min(delivery.attempts(), 12));
      webhooks.retry(delivery, clock.instant().plusSeconds(pause), failure);
    }
  }

  private String body(Webhooks.Due due) {
    try {
      return json.writeValueAsString(due.entry());
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
    // The client's threads end with it.
  }
}
