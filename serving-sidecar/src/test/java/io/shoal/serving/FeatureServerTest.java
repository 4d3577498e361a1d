package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.server.healthcheck.SettableHealthChecker;
import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureReplay;
import io.shoal.features.FeatureReplay.StateStore;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeatureServerTest {
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();
  private static final Instant NOW = Instant.parse("2018-06-01T12:00:00Z");

  private final Map<String, Map<String, byte[]>> states = new HashMap<>();
  private final SettableHealthChecker ready = new SettableHealthChecker();
  private final AtomicBoolean rebalancing = new AtomicBoolean();
  private final AtomicBoolean remote = new AtomicBoolean();
  private final AtomicReference<String> asker = new AtomicReference<>("");
  private final HttpClient http = HttpClient.newHttpClient();
  private final SkewReport skew = new SkewReport(FEATURES);
  private FeatureServer server;

  @BeforeEach
  void start() {
    FeatureReplay replay = new FeatureReplay(FEATURES, unit -> StateStore.over(of(unit)));
    Event event = FEATURES.newEvent();
    float[] vector = new float[FEATURES.dimension()];
    for (int i = 0; i < 3; i++) {
      event.timeMs = NOW.minusSeconds(3_600L * i).toEpochMilli();
      event.keys[0] = "anna";
      event.keys[1] = "books";
      event.numbers[0] = 10 * (i + 1);
      replay.process(event, vector);
    }
    server =
        FeatureServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            FEATURES,
            new MapLookup(),
            Clock.fixed(NOW, ZoneOffset.UTC),
            skew,
            ready);
  }

  private Map<String, byte[]> of(StateUnit unit) {
    return states.computeIfAbsent(unit.name(), name -> new HashMap<>());
  }

  private final class MapLookup implements StateLookup {
    @Override
    public byte[] get(StateUnit unit, String entityKey) {
      if (rebalancing.get()) {
        throw new StateUnavailableException("state on the move; try again", new IOException());
      }
      asker.set(Thread.currentThread().getName());
      return of(unit).get(entityKey);
    }

    @Override
    public boolean isLocal(StateUnit unit, String entityKey) {
      return !remote.get();
    }

    @Override
    public byte[] getLocal(StateUnit unit, String entityKey) {
      return get(unit, entityKey);
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldAnswerInFeastsForm() throws Exception {
    JsonNode answer =
        post(
            """
            {"features": ["card-transactions:customer_count_1d", "customer_mean_1d",
                          "amount_to_customer_mean_30d", "night"],
             "entities": {"customer_id": ["anna", "bert"], "amount": [20.0, null]}}
            """,
            200);

    assertThat(answer.at("/metadata/fingerprint").asText()).isEqualTo(FEATURES.fingerprint());
    assertThat(answer.at("/metadata/feature_names").toString())
        .isEqualTo(
            "[\"customer_id\",\"amount\",\"customer_count_1d\",\"customer_mean_1d\","
                + "\"amount_to_customer_mean_30d\",\"night\"]");
    assertThat(answer.at("/results/0/values").toString()).isEqualTo("[\"anna\",\"bert\"]");
    assertThat(answer.at("/results/2/values").toString()).isEqualTo("[3.0,0.0]");
    assertThat(answer.at("/results/3/values").toString()).isEqualTo("[20.0,0.0]");
    assertThat(answer.at("/results/4/values").toString()).isEqualTo("[1.0,0.0]");
    assertThat(answer.at("/results/4/statuses").toString())
        .isEqualTo("[\"PRESENT\",\"NOT_FOUND\"]");
    assertThat(answer.at("/results/5/statuses").toString()).isEqualTo("[\"PRESENT\",\"PRESENT\"]");
    assertThat(answer.at("/results/5/event_timestamps/0").asText()).isEqualTo(NOW.toString());
  }

  @Test
  void shouldAnswerAsOfAnotherTimeAndWithFullNames() throws Exception {
    JsonNode answer =
        post(
            """
            {"entities": {"customer_id": ["anna"], "event_time": ["2018-06-02T12:30:00Z"]},
             "features": ["customer_count_1d"], "full_feature_names": true}
            """,
            200);

    assertThat(answer.at("/metadata/feature_names/2").asText())
        .isEqualTo("card-transactions__customer_count_1d");
    assertThat(answer.at("/results/2/values/0").asDouble()).isEqualTo(1);
  }

  @Test
  void shouldTellWhatIsUnknownFromWhatIsMissingOrTooOld() throws Exception {
    assertThat(status("amount_to_customer_mean_30d", "anna", NOW)).isEqualTo("NULL_VALUE");
    assertThat(status("customer_count_1d", "bert", NOW)).isEqualTo("NOT_FOUND");
    assertThat(status("customer_count_1d", "anna", NOW.plus(Duration.ofDays(2))))
        .isEqualTo("PRESENT");
    assertThat(status("customer_count_1d", "anna", NOW.plus(Duration.ofDays(40))))
        .isEqualTo("OUTSIDE_MAX_AGE");
  }

  private String status(String feature, String customer, Instant time) throws Exception {
    String request =
        """
        {"features": ["%s"], "entities": {"customer_id": ["%s"], "event_time": ["%s"]}}
        """;
    return post(request.formatted(feature, customer, time), 200)
        .at("/results/2/statuses/0")
        .asText();
  }

  @Test
  void shouldAnswerFromAnotherThreadWhenAnotherInstanceMustBeAsked() throws Exception {
    remote.set(true);
    JsonNode answer =
        post(
            """
            {"features": ["customer_count_1d"], "entities": {"customer_id": ["anna"]}}
            """,
            200);
    assertThat(answer.at("/results/1/values/0").asDouble()).isEqualTo(3);
    assertThat(asker.get()).contains("blocking");
    remote.set(false);
    get("/features?customer_id=anna");
    assertThat(asker.get()).doesNotContain("blocking");
    remote.set(true);

    rebalancing.set(true);
    assertThat(get("/features?customer_id=anna").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldAnswerForOneRowByItsKeys() throws Exception {
    HttpResponse<String> answer = get("/features?customer_id=anna&terminal_id=books&amount=5");
    JsonNode body = JsonMapper.builder().build().readTree(answer.body());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(body.at("/features")).hasSize(FEATURES.dimension());
    assertThat(body.at("/features/amount").asDouble()).isEqualTo(5);
    assertThat(body.at("/features/customer_count_30d").asDouble()).isEqualTo(3);
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() throws Exception {
    assertThat(error("{\"entities\": {\"customer\": [\"anna\"]}}"))
        .isEqualTo("unknown field 'customer'; known: customer_id, terminal_id, event_time, amount");
    assertThat(error("{\"entities\": {\"customer_id\": [\"a\"], \"amount\": [1, 2]}}"))
        .contains("same length");
    assertThat(error("{\"entities\": {\"customer_id\": [\"a\"], \"amount\": [\"x\"]}}"))
        .isEqualTo("amount: 'x' is no number");
    assertThat(error("{\"entities\": {\"customer_id\": [\"a\"], \"event_time\": [\"x\"]}}"))
        .isEqualTo("event_time: 'x' is no time (ISO-8601)");
    assertThat(error("{\"entities\": {\"customer_id\": [\"a\"]}, \"features\": [\"none\"]}"))
        .contains("no feature 'none'");
    assertThat(error("{}")).contains("1 to 1000 rows");
    assertThat(error("{\"entity\": {}}")).contains("entity");
    assertThat(error("no json")).isNotEmpty();
    assertThat(get("/features").statusCode()).isEqualTo(400);
  }

  @Test
  void shouldSayWhenAStateIsNotAvailable() throws Exception {
    rebalancing.set(true);
    HttpResponse<String> answer = get("/features?customer_id=anna");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("try again");
  }

  @Test
  void shouldGiveOtherInstancesWhatItKeeps() throws Exception {
    HttpResponse<byte[]> answer =
        http.send(
            request("/internal/state/customer?key=anna").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.body()).isEqualTo(states.get("customer").get("anna"));
    assertThat(get("/internal/state/customer?key=bert").statusCode()).isEqualTo(404);
    assertThat(get("/internal/state/terminal?key=books").statusCode()).isEqualTo(400);
  }

  @Test
  void shouldTellTheSkewOfEachFeature() throws Exception {
    skew.compared(1, false, false, 0);
    skew.compared(1, true, false, 0.5);
    JsonNode answer = JsonMapper.builder().build().readTree(get("/skew").body());

    assertThat(answer.at("/features")).hasSize(FEATURES.dimension());
    assertThat(answer.at("/features/1").toString())
        .isEqualTo(
            "{\"feature\":\"amount_to_customer_mean_30d\",\"checked\":2,\"mismatch\":0.5,"
                + "\"missing\":0.0,\"smape\":0.25}");
  }

  @Test
  void shouldSayWhetherItIsWell() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
    ready.setHealthy(false);
    assertThat(get("/health").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldSayThatThePortIsTaken() {
    assertThatThrownBy(
            () ->
                FeatureServer.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                    FEATURES,
                    new MapLookup(),
                    Clock.systemUTC(),
                    new SkewReport(FEATURES),
                    ready))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("http.port");
  }

  private String error(String body) throws Exception {
    return post(body, 400).at("/message").asText();
  }

  private JsonNode post(String body, int status) throws Exception {
    HttpResponse<String> answer =
        http.send(
            request("/get-online-features")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonMapper.builder().build().readTree(answer.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }
}
