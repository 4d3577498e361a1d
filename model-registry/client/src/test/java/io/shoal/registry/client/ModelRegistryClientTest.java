package io.shoal.registry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers what it is told to. */
class ModelRegistryClientTest {
  private final Deque<Reply> replies = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();
  private HttpServer server;
  private ModelRegistryClient client;

  /** One answer. */
  private record Reply(int status, @Nullable String tag, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        new ModelRegistryClient(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            "secret",
            null,
            Duration.ofSeconds(5),
            3,
            1);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldReadAgainWhenTheRegistryIsAway() {
    reply(503, null, "");
    reply(429, null, "");
    reply(200, null, "[\"cards\"]");

    assertThat(client.models()).containsExactly("cards");
    assertThat(requests).hasSize(3).allMatch(r -> r.contains("Bearer secret"));
  }

  @Test
  void shouldGiveUpInTheEndAndSayWhatTheRegistrySaid() {
    for (int i = 0; i < 3; i++) {
      reply(503, null, "{\"error_code\":\"TEMPORARILY_UNAVAILABLE\",\"message\":\"no database\"}");
    }

    assertThatThrownBy(() -> client.models())
        .isInstanceOfSatisfying(
            ModelRegistryException.class,
            e -> assertThat(e.code()).isEqualTo("TEMPORARILY_UNAVAILABLE"))
        .hasMessage("no database");
    assertThat(requests).hasSize(3);
  }

  @Test
  void shouldSendAChangeOnceOnly() {
    reply(503, null, "<html>some proxy</html>");

    assertThatThrownBy(() -> client.rollback("cards", "champion", "ann", "bad"))
        .isInstanceOf(ModelRegistryException.class)
        .hasMessageContaining("status 503");
    assertThat(requests).hasSize(1);
  }

  @Test
  void shouldNotFetchTwiceWhatHasNotChanged() {
    reply(200, "\"t1\"", "[\"cards\"]");
    reply(304, "\"t1\"", "");
    reply(200, "\"t2\"", "[\"cards\",\"loans\"]");

    assertThat(client.models()).containsExactly("cards");
    assertThat(client.models()).containsExactly("cards");
    assertThat(client.models()).containsExactly("cards", "loans");
    assertThat(requests.get(0)).endsWith("null");
    assertThat(requests.get(1)).endsWith("\"t1\"");
  }

  @Test
  void shouldTellAPromotionFromARequestForOne() {
    reply(
        200,
        null,
        "{\"model\":\"m\",\"alias\":\"champion\",\"version\":2,\"pinned\":true,\"changedAt\":\"2026-01-01T00:00:00Z\"}");
    reply(
        202,
        null,
        "{\"id\":7,\"model\":\"m\",\"alias\":\"champion\",\"version\":2,\"state\":\"PENDING\","
            + "\"askedAt\":\"2026-01-01T00:00:00Z\",\"askedBy\":\"ann\",\"askedWhy\":\"x\"}");

    assertThat(client.promote("m", "champion", 2, 1L, "ann", "x").moved().version()).isEqualTo(2);
    assertThat(client.promote("m", "champion", 2, 1L, "ann", "x").asked().id()).isEqualTo(7);
  }

  @Test
  void shouldSayThatNobodyAnswers() {
    server.stop(0);

    assertThatThrownBy(() -> client.models())
        .isInstanceOf(ModelRegistryException.class)
        .hasMessageContaining("does it run there?")
        .hasMessageNotContaining("secret");
  }

  private void reply(int status, @Nullable String tag, String body) {
    replies.add(new Reply(status, tag, body));
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("if-none-match"));
    Reply reply = replies.remove();
    if (reply.tag() != null) {
      exchange.getResponseHeaders().set("etag", reply.tag());
    }
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
