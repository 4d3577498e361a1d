package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.config.Suggestions;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.serving.OnlineFeatures.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Features over HTTP: in the form of Feast's server, and of one row by its keys. */
final class FeatureApi {
  private static final int ROWS_MAX = 1_000;

  /** Beyond that many rows other requests would wait for too long. */
  private static final int ROWS_AT_ONCE = 32;

  private final FeatureSet features;
  private final OnlineFeatures online;
  private final StateLookup states;
  private final SkewReport skew;

  FeatureApi(FeatureSet features, OnlineFeatures online, StateLookup states, SkewReport skew) {
    this.features = features;
    this.online = online;
    this.states = states;
    this.skew = skew;
  }

  /**
   * A request in Feast's form.
   *
   * @param features names, with or without the name of the set and a colon; none: all
   * @param entities columns by field of the source, all of the same length
   * @param fullFeatureNames whether names in the answer start with the set's
   */
  record Request(
      @Nullable List<String> features,
      @Nullable Map<String, List<@Nullable Object>> entities,
      @JsonProperty("full_feature_names") boolean fullFeatureNames) {}

  /** An answer in Feast's form, a column for each name. */
  record Answer(Metadata metadata, List<Column> results) {}

  /** What the columns are. */
  record Metadata(@JsonProperty("feature_names") List<String> featureNames, String fingerprint) {}

  /** One column: a value, a status and a time for each row. */
  record Column(
      List<@Nullable Object> values,
      List<Status> statuses,
      @JsonProperty("event_timestamps") List<String> eventTimestamps) {}

  /** One row by its keys. */
  record OneRow(
      String fingerprint, @JsonProperty("as_of") String asOf, Map<String, Float> features) {}

  /** How far the features of this instance are from what raw events say. */
  record Skew(String fingerprint, List<SkewReport.Line> features) {}

  /** What the skew meter has found. */
  @Get("/skew")
  @ProducesJson
  public Skew skew() {
    return new Skew(features.fingerprint(), skew.lines());
  }

  /** Features of many rows. */
  @Post("/get-online-features")
  @ProducesJson
  public CompletionStage<Answer> getOnlineFeatures(ServiceRequestContext context, Request request) {
    Map<String, List<@Nullable Object>> columns =
        Objects.requireNonNullElse(request.entities(), Map.of());
    columns.keySet().forEach(this::requireField);
    int rows = columns.values().stream().mapToInt(List::size).findFirst().orElse(0);
    if (rows == 0 || rows > ROWS_MAX) {
      throw new IllegalArgumentException(
          "entities: give columns of 1 to " + ROWS_MAX + " rows, here are " + rows);
    }
    if (columns.values().stream().anyMatch(column -> column.size() != rows)) {
      throw new IllegalArgumentException("entities: all columns must have the same length");
    }
    int[] selected = online.select(Objects.requireNonNullElse(request.features(), List.of()));
    List<Map<String, Object>> given = rows(columns, rows);
    return run(
        context,
        given,
        () ->
            answer(
                columns,
                selected,
                request.fullFeatureNames(),
                given.stream().map(online::compute).toList()));
  }

  private static List<Map<String, Object>> rows(
      Map<String, List<@Nullable Object>> columns, int count) {
    List<Map<String, Object>> rows = new ArrayList<>(count);
    for (int r = 0; r < count; r++) {
      Map<String, Object> row = new HashMap<>();
      for (Map.Entry<String, List<@Nullable Object>> column : columns.entrySet()) {
        Object value = column.getValue().get(r);
        if (value != null) {
          row.put(column.getKey(), value);
        }
      }
      rows.add(row);
    }
    return rows;
  }

  /**
   * Computes here, on the event loop, what needs no other instance and is soon done: the hop to
   * another thread and back would take many times as long as the answer itself.
   */
  private <T> CompletionStage<T> run(
      ServiceRequestContext context, List<Map<String, Object>> rows, Supplier<T> answer) {
    if (rows.size() <= ROWS_AT_ONCE && rows.stream().allMatch(online::isLocal)) {
      return CompletableFuture.completedFuture(answer.get());
    }
    return CompletableFuture.supplyAsync(answer, context.blockingTaskExecutor());
  }

  private Answer answer(
      Map<String, List<@Nullable Object>> columns,
      int[] selected,
      boolean fullFeatureNames,
      List<OnlineFeatures.Row> computed) {
    List<String> names = new ArrayList<>(columns.keySet());
    List<Column> results = new ArrayList<>();
    List<String> times =
        computed.stream().map(row -> Instant.ofEpochMilli(row.timeMs()).toString()).toList();
    columns
        .values()
        .forEach(
            values ->
                results.add(
                    new Column(
                        values,
                        values.stream()
                            .map(v -> v == null ? Status.NULL_VALUE : Status.PRESENT)
                            .toList(),
                        times)));
    for (int f : selected) {
      String name = features.names().get(f);
      names.add(fullFeatureNames ? features.name() + "__" + name : name);
      List<@Nullable Object> values = new ArrayList<>();
      List<Status> statuses = new ArrayList<>();
      computed.forEach(
          row -> {
            values.add(row.values()[f]);
            statuses.add(row.statuses()[f]);
          });
      results.add(new Column(values, statuses, times));
    }
    return new Answer(new Metadata(names, features.fingerprint()), results);
  }

  /** Features of one row, whose fields stand in the query. */
  @Get("/features")
  @ProducesJson
  public CompletionStage<OneRow> features(ServiceRequestContext context, QueryParams query) {
    Map<String, Object> given = new HashMap<>();
    query.forEach(
        (field, value) -> {
          requireField(field);
          given.put(field, value);
        });
    if (features.entities().stream().noneMatch(entity -> given.containsKey(entity.key()))) {
      throw new IllegalArgumentException(
          "give at least one key: /features?" + features.entities().get(0).key() + "=...");
    }
    return run(context, List.of(given), () -> oneRow(online.compute(given)));
  }

  private OneRow oneRow(OnlineFeatures.Row row) {
    Map<String, Float> named = new LinkedHashMap<>();
    for (int f = 0; f < row.values().length; f++) {
      named.put(features.names().get(f), row.values()[f]);
    }
    return new OneRow(features.fingerprint(), Instant.ofEpochMilli(row.timeMs()).toString(), named);
  }

  /** For other instances: the stored value, if it is kept here. */
  @Get(StreamsLookup.PATH + "/{unit}")
  public HttpResponse state(@Param String unit, @Param String key) {
    StateUnit wanted =
        features.units().stream()
            .filter(u -> u.inLine() && u.name().equals(unit))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no state is kept by " + unit));
    byte[] value = states.getLocal(wanted, key);
    return value == null
        ? HttpResponse.of(HttpStatus.NOT_FOUND)
        : HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, HttpData.wrap(value));
  }

  private void requireField(String field) {
    if (!online.fields().contains(field)) {
      throw new IllegalArgumentException(
          "unknown field '%s'%s"
              .formatted(
                  field,
                  Suggestions.nearest(field, online.fields())
                      .map(k -> "; did you mean '" + k + "'?")
                      .orElse("; known: " + String.join(", ", online.fields()))));
    }
  }
}
