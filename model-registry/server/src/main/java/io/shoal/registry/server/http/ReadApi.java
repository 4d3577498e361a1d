package io.shoal.registry.server.http;

import com.linecorp.armeria.common.ResponseEntity;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.ModelDiff;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.VersionDetail;
import io.shoal.registry.client.VersionDetail.Offset;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.AuditLog;
import io.shoal.registry.server.store.ModelRow;
import io.shoal.registry.server.store.Models;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Questions about models, versions and decisions. Armeria finds public methods only. */
@ProducesJson
final class ReadApi {
  private final Stores stores;
  private final Clock clock;

  ReadApi(Stores stores, Clock clock) {
    this.stores = stores;
    this.clock = clock;
  }

  /** A model with what stands around it. */
  record ModelView(ModelRow model, Map<String, String> tags, List<ModelAlias> aliases) {}

  @Get("/models")
  public ResponseEntity<List<String>> models(
      @Param @Default("") String after, @Param @Default("1000") int limit) {
    List<String> names = stores.models().names(after, Inputs.page(limit));
    return Paging.page(names, limit, "after", name -> name);
  }

  @Get("/models/{model}")
  public ModelView model(@Param String model) {
    return new ModelView(
        stores.models().get(model),
        stores.models().tags(model, Models.ITSELF),
        stores.aliases().list(model));
  }

  @Get("/models/{model}/versions")
  public ResponseEntity<List<RegisteredVersion>> versions(
      @Param String model,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("100") int limit) {
    List<RegisteredVersion> rows =
        stores
            .versions()
            .together(
                () -> {
                  stores.models().get(model);
                  return stores.versions().page(model, before, Inputs.page(limit));
                });
    return Paging.page(rows, limit, "before", RegisteredVersion::version);
  }

  @Get("/models/{model}/versions/{version}")
  public VersionDetail version(@Param String model, @Param long version) {
    VersionDetail without = stores.versions().together(() -> withoutContent(model, version));
    Optional<byte[]> artifact = stores.versions().artifact(without.version());
    if (artifact.isEmpty()) {
      return without;
    }
    ModelVersion content = Candidates.fromBytes(artifact.get());
    return new VersionDetail(
        without.version(),
        without.aliases(),
        without.tags(),
        without.gates(),
        content.getFeatures(),
        content.getClusterIds().size(),
        content.getParameters(),
        content.getMetrics(),
        content.getOffsets().stream().map(ReadApi::offset).toList(),
        content.getLineage().stream()
            .collect(Collectors.groupingBy(l -> l.getChange().name(), Collectors.counting())));
  }

  /** All that the registry can say of a version, for who has to judge it. */
  @Get("/models/{model}/versions/{version}/evidence")
  public Evidence evidence(@Param String model, @Param long version) {
    return Evidence.of(
        stores, version(model, version), clock.instant().truncatedTo(ChronoUnit.MICROS));
  }

  private VersionDetail withoutContent(String model, long version) {
    RegisteredVersion row = stores.versions().get(model, version);
    List<String> aliases =
        stores.aliases().list(model).stream()
            .filter(alias -> alias.version() == version)
            .map(ModelAlias::alias)
            .toList();
    Map<String, String> tags = stores.models().tags(model, version);
    var gates = stores.versions().gates(model, version);
    return new VersionDetail(row, aliases, tags, gates, null, null, null, null, null, null);
  }

  @Get("/models/{model}/diff")
  public ModelDiff diff(@Param String model, @Param long from, @Param long to) {
    return Diffs.between(model, from, content(model, from), to, content(model, to));
  }

  @Get("/models/{model}/aliases")
  public ResponseEntity<List<ModelAlias>> aliases(
      @Param String model, @Param @Default("") String after, @Param @Default("1000") int limit) {
    stores.models().get(model);
    List<ModelAlias> rows = stores.aliases().page(model, after, Inputs.page(limit));
    return Paging.page(rows, limit, "after", ModelAlias::alias);
  }

  @Get("/models/{model}/aliases/{alias}")
  public ModelAlias alias(@Param String model, @Param String alias) {
    return stores.aliases().get(model, alias);
  }

  @Get("/models/{model}/requests")
  public ResponseEntity<List<PromotionRequest>> requests(
      @Param String model,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("100") int limit) {
    stores.models().get(model);
    List<PromotionRequest> rows = stores.requests().page(model, before, Inputs.page(limit));
    return Paging.page(rows, limit, "before", PromotionRequest::id);
  }

  @Get("/models/{model}/requests/{id}")
  public PromotionRequest request(@Param String model, @Param long id) {
    return stores.requests().get(model, id);
  }

  @Get("/models/{model}/audit")
  public ResponseEntity<List<AuditEntry>> audit(
      @Param String model,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("100") int limit) {
    stores.models().get(model);
    List<AuditEntry> rows = stores.log().page(model, before, Inputs.page(limit));
    return Paging.page(rows, limit, "before", AuditEntry::id);
  }

  @Get("/audit/integrity")
  public AuditLog.Integrity integrity(@Param Optional<String> seal) {
    return stores.log().verify(seal.orElse(null));
  }

  @Get("/models/{model}/deciding")
  public AuditEntry deciding(
      @Param String model,
      @Param @Default("") String at,
      @Param @Default(Names.CHAMPION) String alias) {
    Instant moment = at.isEmpty() ? clock.instant() : Inputs.moment(at);
    return stores
        .log()
        .deciding(model, alias, moment)
        .filter(entry -> entry.toVersion() != null)
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

  @Get("/deciding")
  public AuditEntry decidingOf(
      @Param String model,
      @Param @Default("") String at,
      @Param @Default(Names.CHAMPION) String alias) {
    return deciding(model, at, alias);
  }

  private ModelVersion content(String model, long version) {
    return Candidates.fromBytes(
        stores.versions().artifact(model, version).orElseThrow(() -> noArtifact(version)));
  }

  static RegistryException noArtifact(long version) {
    return new RegistryException(
        Code.RESOURCE_DOES_NOT_EXIST,
        "the artifact of version "
            + version
            + " is not here: it was pruned or deleted, or lies elsewhere");
  }

  private static Offset offset(LearnedOffset offset) {
    return new Offset(offset.getTopic(), offset.getPartition(), offset.getNextOffset());
  }
}
