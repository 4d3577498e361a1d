package io.shoal.registry.server.mlflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.store.ModelRow;
import io.shoal.registry.server.store.Models;
import io.shoal.registry.server.store.Stores;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Models and versions in MLflow's words. */
final class Views {
  private final Stores stores;

  Views(Stores stores) {
    this.stores = stores;
  }

  /** A tag. */
  record Tag(String key, String value) {}

  /** An alias of a model. */
  record Alias(String alias, String version) {}

  /** A registered model. */
  record Model(
      String name,
      long creation_timestamp,
      long last_updated_timestamp,
      String description,
      List<Version> latest_versions,
      List<Tag> tags,
      List<Alias> aliases) {}

  /** A model version. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Version(
      String name,
      String version,
      long creation_timestamp,
      long last_updated_timestamp,
      String current_stage,
      String description,
      String source,
      String run_id,
      String status,
      @Nullable String status_message,
      List<Tag> tags,
      List<String> aliases) {}

  Model model(ModelRow row, String baseUrl) {
    List<ModelAlias> aliases = stores.aliases().list(row.model());
    List<Version> latest =
        latest(row.model()).stream().map(version -> version(version, baseUrl)).toList();
    return new Model(
        row.model(),
        row.createdAt().toEpochMilli(),
        row.updatedAt().toEpochMilli(),
        row.description(),
        latest,
        tags(stores.models().tags(row.model(), Models.ITSELF)),
        aliases.stream().map(a -> new Alias(a.alias(), String.valueOf(a.version()))).toList());
  }

  Version version(RegisteredVersion row, String baseUrl) {
    return versions(List.of(row), baseUrl).get(0);
  }

  /** Versions in their order: what stands around them is read once for each model. */
  List<Version> versions(List<RegisteredVersion> rows, String baseUrl) {
    Map<String, LongSummaryStatistics> numbers =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    RegisteredVersion::model,
                    Collectors.summarizingLong(RegisteredVersion::version)));
    return stores
        .versions()
        .together(
            () -> {
              Map<String, List<ModelAlias>> aliases = new HashMap<>();
              Map<String, Map<Long, Map<String, String>>> tags = new HashMap<>();
              numbers.forEach(
                  (model, span) -> {
                    aliases.put(model, stores.aliases().list(model));
                    tags.put(model, stores.models().tags(model, span.getMin(), span.getMax()));
                  });
              return rows.stream()
                  .map(
                      row ->
                          version(
                              row,
                              aliases.getOrDefault(row.model(), List.of()),
                              tags.getOrDefault(row.model(), Map.of())
                                  .getOrDefault(row.version(), Map.of()),
                              baseUrl))
                  .toList();
            });
  }

  private static Version version(
      RegisteredVersion row, List<ModelAlias> ofModel, Map<String, String> tags, String baseUrl) {
    List<String> aliases =
        ofModel.stream()
            .filter(alias -> alias.version() == row.version())
            .map(ModelAlias::alias)
            .toList();
    return new Version(
        row.model(),
        String.valueOf(row.version()),
        row.registeredAt().toEpochMilli(),
        row.updatedAt().toEpochMilli(),
        Stage.of(aliases),
        row.description(),
        location(row, baseUrl),
        row.jobId(),
        row.state() == State.READY ? "READY" : "FAILED_REGISTRATION",
        row.reason(),
        tags(tags),
        aliases);
  }

  /** The newest version that may be used, or none. */
  List<RegisteredVersion> latest(String model) {
    return stores.versions().page(model, Long.MAX_VALUE, 50).stream()
        .filter(row -> row.state() == State.READY)
        .limit(1)
        .toList();
  }

  /** Where the artifact can be had. */
  static String location(RegisteredVersion row, String baseUrl) {
    String source = row.source();
    return source != null
        ? source
        : baseUrl
            + "/api/v1/models/"
            + row.model()
            + "/versions/"
            + row.version()
            + "/export?format=avro";
  }

  private static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream().map(tag -> new Tag(tag.getKey(), tag.getValue())).toList();
  }
}
