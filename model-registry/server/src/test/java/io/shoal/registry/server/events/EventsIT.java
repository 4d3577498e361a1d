package io.shoal.registry.server.events;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.RunningRegistry.Answer;
import io.shoal.registry.server.store.Aliases.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsIT {
  @TempDir Path folder;
  private RunningRegistry registry;
  private HttpServer receiver;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile int answer = 200;

  /** What a webhook was told. */
  private record Received(String id, String timestamp, String signature, String body) {}

  @BeforeEach
  void start() throws IOException {
    registry = RunningRegistry.open(folder);
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", this::receive);
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
    registry.close();
  }

  @Test
  void shouldStreamChangesFromWhereTheListenerLeftOff() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);
    long first = registry.stores().log().page(MODEL, Long.MAX_VALUE, 2).get(1).id();

    HttpResponse<Stream<String>> stream =
        HttpClient.newHttpClient()
            .send(
                registry
                    .request("/api/v1/events?model=" + MODEL)
                    .header("last-event-id", String.valueOf(first))
                    .build(),
                HttpResponse.BodyHandlers.ofLines());
    Iterator<String> lines = stream.body().filter(line -> line.startsWith("data:")).iterator();
    assertThat(lines.next()).contains("\"toVersion\":2");
    registry.stores().aliases().promote(MODEL, "canary", 1, null, new Reason("ann", "try"));
    assertThat(lines.next()).contains("\"alias\":\"canary\"", "\"changedBy\":\"ann\"");
    stream.body().close();
  }

  @Test
  void shouldRefuseAnEventIdThatIsNone() throws Exception {
    assertThat(
            registry.send(registry.request("/api/v1/events").header("last-event-id", "x")).status())
        .isEqualTo(400);
  }

  @Test
  void shouldTellWebhooksInOrderSignedAndOnceMoreWhenTheyFail() throws Exception {
    answer = 500;
    JsonNode hook = addWebhook("");
    registry.register("job", 1);
    registry.register("job", 2);
    await().until(() -> !received.isEmpty());
    String waiting = "/api/v1/webhooks/" + hook.at("/webhook/id").asLong() + "/deliveries";
    await()
        .until(() -> registry.get(waiting).body().at("/0/failure").asText().equals("status 500"));

    answer = 204;

    await().until(() -> registry.get(waiting).body().isEmpty());
    Received last = received.get(received.size() - 1);
    assertThat(last.body()).contains("\"toVersion\":2");
    assertThat(received.get(0).id()).as("the same delivery").isEqualTo(received.get(1).id());
    assertThat(last.signature())
        .isEqualTo(
            WebhookSignature.sign(
                hook.at("/secret").asText(),
                last.id(),
                Long.parseLong(last.timestamp()),
                last.body()));
  }

  @Test
  void shouldNeverShowASecretAgain() throws Exception {
    String secret = addWebhook("\"model\":\"cards\",").at("/secret").asText();

    assertThat(secret).startsWith("whsec_");
    assertThat(registry.get("/api/v1/webhooks").raw().body())
        .contains("127.0.0.1")
        .doesNotContain("secret", secret);
  }

  @Test
  void shouldRefuseAWebhookThatCannotBe() throws Exception {
    for (String body :
        List.of(
            "{\"by\":\"ann\"}",
            "{\"url\":\"file:///etc/passwd\",\"by\":\"ann\"}",
            "{\"url\":\"not a url\",\"by\":\"ann\"}",
            "{\"url\":\"http://x\",\"secret\":\"short\",\"by\":\"ann\"}",
            "{\"url\":\"http://x\"}")) {
      assertThat(registry.send("POST", "/api/v1/webhooks", body).status()).as(body).isEqualTo(400);
    }
    assertThat(registry.send("DELETE", "/api/v1/webhooks/7?by=ann", "").status()).isEqualTo(404);
  }

  private JsonNode addWebhook(String more) throws Exception {
    Answer added =
        registry.send(
            "POST",
            "/api/v1/webhooks",
            "{\"url\":\"http://127.0.0.1:"
                + receiver.getAddress().getPort()
                + "/\","
                + more
                + "\"by\":\"ann\"}");
    assertThat(added.status()).as(added.toString()).isEqualTo(201);
    return added.body();
  }

  private void receive(HttpExchange exchange) throws IOException {
    received.add(
        new Received(
            exchange.getRequestHeaders().getFirst("webhook-id"),
            exchange.getRequestHeaders().getFirst("webhook-timestamp"),
            exchange.getRequestHeaders().getFirst("webhook-signature"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }
}
