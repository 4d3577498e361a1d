package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseEntity;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.features.FeatureSet;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/**
 * What was predicted of late, whichever instance did it: {@code GET /v1/predictions}, and {@code
 * GET /v1/entities/{key}} with the entity's features as they are now.
 */
final class PredictionsApi {
  private static final String PATH = "/internal/predictions";
  private static final int LIMIT_MAX = 1_000;
  private static final int OF_AN_ENTITY = 20;

  /** Instances that did not answer, where some did not. */
  private static final String UNREACHABLE = "shoal-unreachable";

  private final RecentPredictions recent;
  private final Peers peers;
  private final FeatureSet features;
  private final OnlineFeatures online;
  private final JsonMapper json = JsonMapper.builder().build();

  PredictionsApi(
      RecentPredictions recent, Peers peers, FeatureSet features, OnlineFeatures online) {
    this.recent = recent;
    this.peers = peers;
    this.features = features;
    this.online = online;
  }

  /** An entity as it stands. */
  record Entity(
      String entity,
      String fingerprint,
      @JsonProperty("as_of") String asOf,
      Map<String, Float> features,
      List<ScoreApi.Answer> predictions) {}

  /**
   * The last predictions, newest first.
   *
   * @param entity only of this one; empty for all
   * @param decision only such as PASS or REVIEW; empty for all
   */
  @Blocking
  @Get("/v1/predictions")
  @ProducesJson
  public ResponseEntity<List<ScoreApi.Answer>> predictions(
      @Param @Default("") String entity,
      @Param @Default("") String decision,
      @Param @Default("100") int limit) {
    List<String> unreachable = new ArrayList<>();
    List<ScoreApi.Answer> found = everywhere(entity, decision, limit, unreachable);
    return ResponseEntity.of(headers(unreachable), found);
  }

  /** For other instances: those of this one. */
  @Get(PATH)
  @ProducesJson
  public List<ScoreApi.Answer> own(
      @Param @Default("") String entity,
      @Param @Default("") String decision,
      @Param @Default("100") int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit: 1 to " + LIMIT_MAX + ", it is " + limit);
    }
    Decision wanted = decision.isEmpty() ? null : decision(decision);
    return recent
        .last(
            limit,
            (Prediction p) ->
                (entity.isEmpty() || p.getEntityId().equals(entity))
                    && (wanted == null || p.getDecision() == wanted))
        .stream()
        .map(ScoreApi.Answer::of)
        .toList();
  }

  /** The features of a primary entity now, and its last predictions. */
  @Blocking
  @Get("/v1/entities/{key}")
  @ProducesJson
  public ResponseEntity<Entity> entity(@Param String key) {
    OnlineFeatures.Row row = online.compute(Map.of(features.entities().get(0).key(), key));
    Map<String, Float> named = new LinkedHashMap<>();
    for (int f = 0; f < row.values().length; f++) {
      named.put(features.names().get(f), row.values()[f]);
    }
    List<String> unreachable = new ArrayList<>();
    return ResponseEntity.of(
        headers(unreachable),
        new Entity(
            key,
            features.fingerprint(),
            Instant.ofEpochMilli(row.timeMs()).toString(),
            named,
            everywhere(key, "", OF_AN_ENTITY, unreachable)));
  }

  private List<ScoreApi.Answer> everywhere(
      String entity, String decision, int limit, List<String> unreachable) {
    List<ScoreApi.Answer> found = new ArrayList<>(own(entity, decision, limit));
    List<HostInfo> others = peers.others();
    for (HostInfo host : others) {
      try {
        byte[] answer =
            peers.get(
                host,
                "%s?entity=%s&decision=%s&limit=%d"
                    .formatted(
                        PATH, URLEncoder.encode(entity, StandardCharsets.UTF_8), decision, limit));
        if (answer != null) {
          found.addAll(json.readValue(answer, new TypeReference<List<ScoreApi.Answer>>() {}));
        }
      } catch (IOException e) {
        unreachable.add(host.host() + ":" + host.port());
      }
    }
    if (!others.isEmpty()) {
      // Stable: those of one instance stay in the order in which it made them.
      found.sort(
          Comparator.comparing(ScoreApi.Answer::eventTime, PredictionsApi::byTime).reversed());
    }
    return found.subList(0, Math.min(limit, found.size()));
  }

  private static int byTime(String one, String other) {
    return Instant.parse(one).compareTo(Instant.parse(other));
  }

  private static ResponseHeaders headers(List<String> unreachable) {
    return unreachable.isEmpty()
        ? ResponseHeaders.of(HttpStatus.OK)
        : ResponseHeaders.of(HttpStatus.OK, UNREACHABLE, String.join(",", unreachable));
  }

  private static @Nullable Decision decision(String name) {
    try {
      return Decision.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "decision: '%s'; use PASS, REVIEW or UNSCORED".formatted(name), e);
    }
  }
}
