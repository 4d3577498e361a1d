package io.shoal.console.model;

import io.shoal.console.model.VersionCache.Content;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.PrincipalComponents;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.Change;
import io.shoal.schemas.avro.Lineage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a model's clusters moved, came and went over its versions. */
public final class Histories {
  /** Most versions that are looked at for one picture. */
  public static final int POINTS_MAX = 120;

  /** Most versions whose lineage is read at one go. */
  public static final int LINEAGE_MAX = 500;

  private static final int PAGE = 1_000;

  private final Stores stores;
  private final VersionCache versions;

  /** The histories of these stores' models. */
  public Histories(Stores stores, VersionCache versions) {
    this.stores = stores;
    this.versions = versions;
  }

  /**
   * A cluster in one version.
   *
   * @param x along the first principal component of the newest version
   * @param share of the traffic, decayed
   * @param fraudRate labels of fraud per event
   * @param centre in feature units
   */
  public record Cluster(
      int id, float x, float y, float share, float fraudRate, List<Float> centre) {}

  /** One version of the picture. */
  public record Moment(
      long version,
      long registeredAt,
      long eventTime,
      Map<String, Double> metrics,
      List<Cluster> clusters) {}

  /**
   * A model over its versions, the oldest first.
   *
   * @param axes the two directions as weights of the features, {@code [2][d]}
   * @param shares of the newest version's variance along them
   * @param means of the newest version's centres, weighted, {@code [d]}
   * @param scales of the newest version, {@code [d]}
   */
  public record History(
      String model,
      List<String> features,
      List<List<Double>> axes,
      List<Double> shares,
      List<Double> means,
      List<Float> scales,
      List<Moment> moments) {

    private History withoutClusters() {
      List<Moment> bare =
          moments.stream()
              .map(
                  m ->
                      new Moment(
                          m.version(), m.registeredAt(), m.eventTime(), m.metrics(), List.of()))
              .toList();
      return new History(model, features, axes, shares, means, scales, bare);
    }
  }

  /**
   * Something that became of a cluster.
   *
   * @param change as the contract {@code Lineage} names it, or {@code GONE}
   */
  public record Event(long version, int cluster, String change, List<Integer> parents) {}

  /**
   * What became of clusters between two versions.
   *
   * @param first clusters that the first version had
   * @param versions how many were read
   */
  public record Tree(long from, long to, int versions, List<Integer> first, List<Event> events) {}

  /**
   * A picture of so many versions, evenly spread over those whose artifacts are there.
   *
   * @param before version below which to look
   * @param span how many versions to look back at most
   * @param clusters whether to tell the clusters, which are most of it
   */
  public History history(String model, long before, int span, int points, boolean clusters) {
    List<RegisteredVersion> rows = rows(model, before, span);
    List<Content> contents = new ArrayList<>();
    List<RegisteredVersion> taken = new ArrayList<>();
    int count = Math.min(points, rows.size());
    for (int i = 0; i < count; i++) {
      RegisteredVersion row =
          rows.get(count == 1 ? 0 : (int) ((long) i * (rows.size() - 1) / (count - 1)));
      versions
          .find(row)
          .ifPresent(
              content -> {
                contents.add(content);
                taken.add(row);
              });
    }
    if (contents.isEmpty()) {
      return new History(model, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }
    History whole = picture(model, contents, taken);
    return clusters ? whole : whole.withoutClusters();
  }

  private static History picture(
      String model, List<Content> contents, List<RegisteredVersion> rows) {
    Content newest = contents.get(0);
    List<String> features = newest.version().getFeatures();
    KMeansModelData data = newest.data();
    int d = data.dimension();
    float[] scales = data.scales();
    PrincipalComponents components =
        new PrincipalComponents(scaled(data, scales), data.weights(), d);
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      Content content = contents.get(i);
      // Another feature set cannot be drawn on the same axes.
      if (content.version().getFeatures().equals(features)) {
        moments.add(moment(content, rows.get(i), components, scales));
      }
    }
    Collections.reverse(moments);
    return new History(
        model,
        features,
        Arrays.stream(components.directions()).map(Histories::list).toList(),
        list(components.shares()),
        list(means(data)),
        IntStream.range(0, d).mapToObj(f -> scales[f]).toList(),
        moments);
  }

  private static Moment moment(
      Content content, RegisteredVersion row, PrincipalComponents components, float[] scales) {
    KMeansModelData data = content.data();
    int d = data.dimension();
    float[] centroids = data.centroids();
    double[] weights = data.weights();
    double[] frauds = data.fraudWeights();
    int[] ids = data.clusterIds();
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    double[][] places = components.project(scaled(data, scales));
    List<Cluster> clusters = new ArrayList<>();
    for (int j = 0; j < ids.length; j++) {
      int at = j * d;
      clusters.add(
          new Cluster(
              ids[j],
              (float) places[j][0],
              (float) places[j][1],
              (float) (weights[j] / total),
              (float) Math.min(frauds[j] / Math.max(weights[j], Math.max(frauds[j], 1)), 1),
              IntStream.range(0, d).mapToObj(f -> centroids[at + f]).toList()));
    }
    return new Moment(
        row.version(),
        row.registeredAt().toEpochMilli(),
        row.eventTime().toEpochMilli(),
        content.version().getMetrics(),
        clusters);
  }

  /** What became of clusters in the versions below that one. */
  public Tree lineage(String model, long before, int span) {
    List<RegisteredVersion> rows = rows(model, before, Math.min(span, LINEAGE_MAX));
    Collections.reverse(rows);
    List<Event> events = new ArrayList<>();
    List<Integer> first = List.of();
    List<Integer> last = List.of();
    int read = 0;
    for (RegisteredVersion row : rows) {
      Content content = versions.find(row).orElse(null);
      if (content == null) {
        continue;
      }
      List<Integer> ids = content.version().getClusterIds();
      if (read++ == 0) {
        first = ids;
      } else {
        events.addAll(changes(row.version(), content, last, ids));
      }
      last = ids;
    }
    return new Tree(
        rows.isEmpty() ? 0 : rows.get(0).version(),
        rows.isEmpty() ? 0 : rows.get(rows.size() - 1).version(),
        read,
        first,
        events);
  }

  private static List<Event> changes(
      long version, Content content, List<Integer> before, List<Integer> ids) {
    List<Event> events = new ArrayList<>();
    Map<Integer, Lineage> told =
        content.version().getLineage().stream()
            .collect(Collectors.toMap(Lineage::getClusterId, l -> l, (a, b) -> a));
    for (int id : ids) {
      Lineage lineage = told.get(id);
      boolean known = before.contains(id);
      if (lineage != null && lineage.getChange() != Change.SAME && (!known || fresh(lineage))) {
        events.add(new Event(version, id, lineage.getChange().name(), lineage.getParents()));
      } else if (!known) {
        events.add(new Event(version, id, Change.NEW.name(), List.of()));
      }
    }
    before.stream()
        .filter(id -> !ids.contains(id))
        .forEach(id -> events.add(new Event(version, id, "GONE", List.of())));
    return events;
  }

  /** Whether it says something of a cluster that was there before, too. */
  private static boolean fresh(Lineage lineage) {
    return lineage.getChange() != Change.NEW;
  }

  private List<RegisteredVersion> rows(String model, long before, int span) {
    stores.models().get(model);
    List<RegisteredVersion> rows = new ArrayList<>();
    long next = before;
    while (rows.size() < span) {
      int wanted = Math.min(PAGE, span - rows.size());
      List<RegisteredVersion> page = stores.versions().page(model, next, wanted);
      rows.addAll(page);
      if (page.size() < wanted) {
        break;
      }
      next = page.get(page.size() - 1).version();
    }
    rows.removeIf(row -> row.pruned() || row.external());
    return rows;
  }

  private static double[] scaled(KMeansModelData data, float[] scales) {
    float[] centroids = data.centroids();
    double[] scaled = new double[centroids.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = centroids[i] / (double) scales[i % scales.length];
    }
    return scaled;
  }

  private static double[] means(KMeansModelData data) {
    double[] weights = data.weights();
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    float[] centroids = data.centroids();
    double[] means = new double[data.dimension()];
    for (int i = 0; i < centroids.length; i++) {
      means[i % means.length] += weights[i / means.length] / total * centroids[i];
    }
    return means;
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
