package io.shoal.registry.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.annotation.Put;
import io.shoal.registry.server.RegistryException.Code;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the registry answers under {@code /api/v1}. Armeria finds public methods only. */
@ProducesJson
final class RegistryApi {
  private static final int PAGE_MAX = 1_000;
  private static final String NEWEST = "9223372036854775807";
  private static final Instant FAR_FUTURE = Instant.parse("9999-12-31T00:00:00Z");

  private final VersionStore store;
  private final OutboxPublisher publisher;
  private final Clock clock;

  RegistryApi(VersionStore store, OutboxPublisher publisher, Clock clock) {
    this.store = store;
    this.publisher = publisher;
    this.clock = clock;
  }

  /** Where an alias is to point, by whom and why. */
  record PromotionRequest(@Nullable Long version, @Nullable String by, @Nullable String reason) {}

  /** Who asks for a change of an alias, and why. */
  record ChangeRequest(@Nullable String by, @Nullable String reason) {}

  /** A version with what its artifact says. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record VersionDetail(
      VersionRow version,
      @Nullable List<String> features,
      @Nullable Map<String, String> parameters,
      @Nullable Map<String, Double> metrics,
      @Nullable List<Offset> offsets,
      @Nullable Map<String, Long> lineage) {}

  /** An offset after the last record learned from. */
  record Offset(String topic, int partition, long nextOffset) {}

  @Get("/models")
  public List<String> models() {
    return store.models();
  }

  @Get("/models/{model}/versions")
  public List<VersionRow> versions(
      @Param String model, @Param @Default(NEWEST) long before, @Param @Default("100") int limit) {
    requireModel(model);
    return store.versions(model, before, page(limit));
  }

  @Get("/models/{model}/versions/{version}")
  public VersionDetail version(@Param String model, @Param long version) {
    VersionRow row = store.version(model, version);
    Optional<byte[]> artifact = store.artifact(model, version);
    if (artifact.isEmpty()) {
      return new VersionDetail(row, null, null, null, null, null);
    }
    ModelVersion content = Candidates.fromBytes(artifact.get());
    return new VersionDetail(
        row,
        content.getFeatures(),
        content.getParameters(),
        content.getMetrics(),
        content.getOffsets().stream().map(RegistryApi::offset).toList(),
        content.getLineage().stream()
            .collect(Collectors.groupingBy(l -> l.getChange().name(), Collectors.counting())));
  }

  @Get("/models/{model}/versions/{version}/artifact")
  public HttpResponse artifact(@Param String model, @Param long version) {
    byte[] bytes =
        store
            .artifact(model, version)
            .orElseThrow(
                () ->
                    new RegistryException(
                        Code.RESOURCE_DOES_NOT_EXIST,
                        "the artifact of version " + version + " was pruned"));
    return HttpResponse.of(
        HttpStatus.OK, MediaType.parse("application/avro"), HttpData.wrap(bytes));
  }

  @Get("/models/{model}/aliases")
  public List<AliasRow> aliases(@Param String model) {
    requireModel(model);
    return store.aliases(model);
  }

  @Put("/models/{model}/aliases/{alias}")
  public AliasRow promote(@Param String model, @Param String alias, PromotionRequest request) {
    if (request.version() == null) {
      throw missing("version");
    }
    requireAlias(alias);
    AliasRow row =
        store.promote(
            model,
            alias,
            request.version(),
            required("by", request.by(), Names.LENGTH_MAX),
            required("reason", request.reason(), VersionStore.REASON_MAX));
    publisher.wake();
    return row;
  }

  @Post("/models/{model}/aliases/{alias}/rollback")
  public AliasRow rollback(@Param String model, @Param String alias, ChangeRequest request) {
    AliasRow row =
        store.rollback(
            model,
            alias,
            required("by", request.by(), Names.LENGTH_MAX),
            required("reason", request.reason(), VersionStore.REASON_MAX));
    publisher.wake();
    return row;
  }

  @Delete("/models/{model}/aliases/{alias}/pin")
  public AliasRow unpin(
      @Param String model,
      @Param String alias,
      @Param @Default("") String by,
      @Param @Default("") String reason) {
    return store.unpin(
        model,
        alias,
        required("by", by, Names.LENGTH_MAX),
        required("reason", reason, VersionStore.REASON_MAX));
  }

  @Get("/models/{model}/audit")
  public List<AuditRow> audit(
      @Param String model, @Param @Default(NEWEST) long before, @Param @Default("100") int limit) {
    requireModel(model);
    return store.audit(model, before, page(limit));
  }

  @Get("/models/{model}/deciding")
  public AuditRow deciding(
      @Param String model,
      @Param @Default("") String at,
      @Param @Default(VersionStore.CHAMPION) String alias) {
    Instant moment = at.isEmpty() ? clock.instant() : instant(at);
    return store
        .deciding(model, alias, moment)
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST,
                    "alias '"
                        + alias
                        + "' of model '"
                        + model
                        + "' named no version at "
                        + moment));
  }

  private void requireModel(String model) {
    if (store.versions(model, Long.MAX_VALUE, 1).isEmpty()) {
      throw new RegistryException(
          Code.RESOURCE_DOES_NOT_EXIST,
          "there is no model '" + model + "'; /api/v1/models lists them");
    }
  }

  private static int page(int limit) {
    if (limit < 1 || limit > PAGE_MAX) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE, "limit must lie within 1.." + PAGE_MAX + ", not " + limit);
    }
    return limit;
  }

  private static void requireAlias(String alias) {
    if (!Names.ALIAS.matcher(alias).matches()) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE, "alias '" + alias + "': " + Names.RULE);
    }
  }

  private static String required(String name, @Nullable String value, int lengthMax) {
    if (value == null || value.isBlank()) {
      throw missing(name);
    }
    if (value.length() > lengthMax) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE,
          "'" + name + "' has " + value.length() + " characters; " + lengthMax + " at most");
    }
    return value;
  }

  private static RegistryException missing(String name) {
    return new RegistryException(
        Code.INVALID_PARAMETER_VALUE,
        "'" + name + "' is missing; every change says what, by whom and why");
  }

  private static Instant instant(String text) {
    try {
      Instant moment = Instant.parse(text);
      if (!moment.isBefore(Instant.EPOCH) && moment.isBefore(FAR_FUTURE)) {
        return moment;
      }
      throw noMoment(text);
    } catch (DateTimeParseException e) {
      throw noMoment(text);
    }
  }

  private static RegistryException noMoment(String text) {
    return new RegistryException(
        Code.INVALID_PARAMETER_VALUE,
        "'at' must be a moment such as 2018-04-01T14:03:07Z, not '" + text + "'");
  }

  private static Offset offset(LearnedOffset offset) {
    return new Offset(offset.getTopic(), offset.getPartition(), offset.getNextOffset());
  }
}
