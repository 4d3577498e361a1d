package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.config.Suggestions;
import io.shoal.inference.Workers;
import io.shoal.schemas.avro.Prediction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/score}: the prediction of one transaction, with the stored states. */
final class ScoreApi {
  private final RequestScorer scorer;
  private final Set<String> fields;
  private final Workers workers;

  /**
   * @param fields that a transaction may have
   */
  ScoreApi(RequestScorer scorer, Set<String> fields, Workers workers) {
    this.scorer = scorer;
    this.fields = fields;
    this.workers = workers;
  }

  /** A prediction as it stands on the topic, but for its place there. */
  record Answer(
      @JsonProperty("transaction_id") String transactionId,
      @JsonProperty("event_time") String eventTime,
      @JsonProperty("entity_id") String entityId,
      @Nullable Double score,
      @Nullable Double risk,
      String decision,
      @Nullable String reason,
      @JsonProperty("cluster_id") @Nullable Integer clusterId,
      @Nullable Float distance2,
      List<Reason> contributions,
      @JsonProperty("model_name") @Nullable String modelName,
      @JsonProperty("model_version") @Nullable Long modelVersion,
      String fingerprint) {
    static Answer of(Prediction p) {
      return new Answer(
          p.getTransactionId(),
          p.getEventTime().toString(),
          p.getEntityId(),
          p.getScore(),
          p.getRisk(),
          p.getDecision().name(),
          p.getReason(),
          p.getClusterId(),
          p.getDistance2(),
          p.getContributions().stream()
              .map(c -> new Reason(c.getFeature(), c.getValue(), c.getShare()))
              .toList(),
          p.getModelName(),
          p.getModelVersion(),
          p.getFingerprint());
    }
  }

  /** A feature's share of the distance. */
  record Reason(String feature, float value, float share) {}

  /** Scores a transaction. Fields that no feature reads are ignored, but for misspelt ones. */
  @Post("/v1/score")
  @ProducesJson
  public CompletableFuture<Answer> score(Map<String, @Nullable Object> transaction) {
    Map<String, Object> given = new HashMap<>();
    transaction.forEach(
        (field, value) -> {
          if (fields.contains(field) && value != null) {
            given.put(field, value);
          } else if (!fields.contains(field)) {
            Suggestions.nearest(field, fields)
                .filter(known -> !transaction.containsKey(known))
                .ifPresent(
                    known -> {
                      throw new IllegalArgumentException(
                          "unknown field '%s'; did you mean '%s'?".formatted(field, known));
                    });
          }
        });
    return workers.submit(() -> Answer.of(scorer.score(given)));
  }
}
