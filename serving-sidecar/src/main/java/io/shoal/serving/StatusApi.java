package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.ProducesJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes on in this instance, for people and their consoles: {@code GET /v1/models}, {@code
 * /v1/shadow}.
 */
final class StatusApi {
  private final ModelCache models;
  private final CanaryShares shares;
  private final ShadowBoard board;

  StatusApi(ModelCache models, CanaryShares shares, ShadowBoard board) {
    this.models = models;
    this.shares = shares;
    this.board = board;
  }

  /** The versions that are held, and those that were refused. */
  record Models(List<Held> models, long refused, List<Refused> refusals) {}

  /**
   * A version under its alias.
   *
   * @param share of the entities that it decides for; null for the champion, who has the rest, and
   *     for challengers
   */
  record Held(
      String alias,
      String model,
      long version,
      @JsonProperty("promoted_at") String promotedAt,
      @Nullable Double share) {}

  /** A version that was not taken. */
  record Refused(String at, String alias, String reason) {}

  /** A version in the shadow beside the one that decided, since this instance started. */
  record Tally(
      String alias,
      long version,
      @JsonProperty("decided_version") long decidedVersion,
      long scored,
      @JsonProperty("would_review") long wouldReview,
      @JsonProperty("would_pass") long wouldPass,
      @JsonProperty("amount_would_review") double amountWouldReview,
      @JsonProperty("amount_would_pass") double amountWouldPass) {}

  /** A decision that would flip. */
  record Flip(
      @JsonProperty("transaction_id") String transactionId,
      @JsonProperty("event_time") String eventTime,
      @JsonProperty("entity_id") String entityId,
      String alias,
      long version,
      double score,
      boolean review,
      @JsonProperty("decided_version") long decidedVersion,
      @JsonProperty("decided_score") double decidedScore,
      @Nullable Double amount) {}

  /** Versions and refusals. */
  @Get("/v1/models")
  @ProducesJson
  public Models models() {
    return new Models(
        models.all().stream().map(this::held).toList(),
        models.refused(),
        models.refusals().stream()
            .map(r -> new Refused(r.at().toString(), r.alias(), r.reason()))
            .toList());
  }

  /** What the shadow would decide otherwise. */
  @Get("/v1/shadow")
  @ProducesJson
  public Map<String, Object> shadow() {
    return Map.of(
        "tallies",
        board.counts().stream()
            .map(
                c ->
                    new Tally(
                        c.pair().alias(),
                        c.pair().version(),
                        c.pair().decided(),
                        c.scored(),
                        c.wouldReview(),
                        c.wouldPass(),
                        c.amountWouldReview(),
                        c.amountWouldPass()))
            .toList(),
        "flips",
        board.flips().stream()
            .map(
                f ->
                    new Flip(
                        f.getTransactionId(),
                        f.getEventTime().toString(),
                        f.getEntityId(),
                        f.getAlias(),
                        f.getModelVersion(),
                        f.getScore(),
                        f.getReview(),
                        f.getDecidedVersion(),
                        f.getDecidedScore(),
                        f.getAmount()))
            .toList());
  }

  private Held held(ModelCache.Role role) {
    int canary = shares.aliases().indexOf(role.alias());
    Double share =
        canary < 0 ? null : shares.ends()[canary] - (canary == 0 ? 0 : shares.ends()[canary - 1]);
    return new Held(
        role.alias(),
        role.model().name(),
        role.model().version(),
        role.promotedAt().toString(),
        share);
  }
}
