package io.shoal.console.train;

import io.shoal.console.store.Bins;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.PrincipalComponents;
import io.shoal.kmeans.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was learned from a table.
 *
 * @param rows of the table
 * @param used rows that had all features
 * @param features learned from, {@code [d]}
 * @param means of the features
 * @param clusters the largest first
 * @param scores how many rows have a score in each bin of {@link Bins}; the bins' lower bounds are
 *     {@code 1 - 2^(-i/4)}
 * @param oddest rows with the highest scores, the highest first
 * @param ranks for each capacity, how many alerts it makes and what they catch
 * @param auc of the score for the label's column; null without one
 */
public record TrainingReport(
    int rows,
    int used,
    List<String> features,
    List<Double> means,
    List<Cluster> clusters,
    List<Long> scores,
    List<OddRow> oddest,
    List<Capacity> ranks,
    @Nullable Double auc) {
  private static final int ODDEST = 50;
  private static final double[] SHARES = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1};

  /**
   * A cluster.
   *
   * @param x along the first principal component of the centres
   * @param deviations of its centre from the mean of all rows, in standard deviations
   */
  public record Cluster(
      int id,
      long rows,
      double share,
      double x,
      double y,
      List<Float> centre,
      List<Double> deviations) {}

  /**
   * A row that looks odd.
   *
   * @param row its number in the file, from 1, the header not counted
   * @param reason the feature that puts it furthest from its cluster
   * @param label null where there is no such column
   */
  public record OddRow(
      int row,
      double score,
      int cluster,
      String reason,
      List<Float> values,
      @Nullable Float label) {}

  /**
   * What reviewing so many rows would mean.
   *
   * @param alerts rows to review
   * @param score from which on
   * @param caught of them labelled 1; null without labels
   * @param odd rows that are labelled 1; null without labels
   */
  public record Capacity(
      double share, int alerts, double score, @Nullable Integer caught, @Nullable Integer odd) {}

  static TrainingReport of(
      KMeansModelData model,
      List<String> features,
      float[] points,
      int[] rows,
      float @Nullable [] labels,
      int tableRows) {
    int d = features.size();
    int n = rows.length;
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score score = new Score();
    float[] x = new float[d];
    double[] raws = new double[n];
    Bins all = new Bins(Bins.SCORES);
    Bins odd = new Bins(Bins.SCORES);
    double[] means = new double[d];
    for (int i = 0; i < n; i++) {
      System.arraycopy(points, i * d, x, 0, d);
      scorer.score(x, score);
      raws[i] = score.raw;
      all.add(Bins.ofScore(score.score));
      if (labels != null && labels[rows[i]] == 1) {
        odd.add(Bins.ofScore(score.score));
      }
      for (int f = 0; f < d; f++) {
        means[f] += x[f] / (double) n;
      }
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -raws[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double auc = labels == null ? Double.NaN : Bins.auc(odd, all);
    return new TrainingReport(
        tableRows,
        n,
        features,
        Arrays.stream(means).boxed().toList(),
        clusters(model, means),
        Arrays.stream(all.counts()).boxed().toList(),
        Arrays.stream(order)
            .limit(ODDEST)
            .mapToObj(i -> oddRow(scorer, features, points, rows, labels, i))
            .toList(),
        capacities(order, scorer, points, rows, labels, d),
        Double.isNaN(auc) ? null : auc);
  }

  private static OddRow oddRow(
      AnomalyScorer scorer,
      List<String> features,
      float[] points,
      int[] rows,
      float @Nullable [] labels,
      int i) {
    int d = features.size();
    float[] x = Arrays.copyOfRange(points, i * d, (i + 1) * d);
    Score score = scorer.score(x);
    List<Float> values = new ArrayList<>();
    for (float value : x) {
      values.add(value);
    }
    int top = score.topFeatures[0];
    Float label = labels == null || Float.isNaN(labels[rows[i]]) ? null : labels[rows[i]];
    return new OddRow(
        rows[i] + 1, score.score, score.clusterId, top < 0 ? "" : features.get(top), values, label);
  }

  private static List<Capacity> capacities(
      int[] order,
      AnomalyScorer scorer,
      float[] points,
      int[] rows,
      float @Nullable [] labels,
      int d) {
    Integer odd = null;
    int[] caught = new int[order.length + 1];
    if (labels != null) {
      for (int i = 0; i < order.length; i++) {
        caught[i + 1] = caught[i] + (labels[rows[order[i]]] == 1 ? 1 : 0);
      }
      odd = caught[order.length];
    }
    List<Capacity> capacities = new ArrayList<>();
    for (double share : SHARES) {
      int alerts = (int) Math.round(share * order.length);
      if (alerts > 0 && (capacities.isEmpty() || last(capacities).alerts() != alerts)) {
        int i = order[alerts - 1];
        float[] x = Arrays.copyOfRange(points, i * d, (i + 1) * d);
        capacities.add(
            new Capacity(
                share, alerts, scorer.score(x).score, labels == null ? null : caught[alerts], odd));
      }
    }
    return capacities;
  }

  private static Capacity last(List<Capacity> capacities) {
    return capacities.get(capacities.size() - 1);
  }

  private static List<Cluster> clusters(KMeansModelData model, double[] means) {
    int d = model.dimension();
    float[] centroids = model.centroids();
    float[] scales = model.scales();
    double[] weights = model.weights();
    double total = Math.max(Arrays.stream(weights).sum(), Double.MIN_NORMAL);
    double[] scaled = new double[centroids.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = centroids[i] / (double) scales[i % d];
    }
    double[][] places = new PrincipalComponents(scaled, weights, d).project(scaled);
    int[] ids = model.clusterIds();
    return IntStream.range(0, ids.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer j) -> -weights[j]))
        .map(
            j ->
                new Cluster(
                    ids[j],
                    Math.round(weights[j]),
                    weights[j] / total,
                    places[j][0],
                    places[j][1],
                    IntStream.range(0, d).mapToObj(f -> centroids[j * d + f]).toList(),
                    IntStream.range(0, d)
                        .mapToObj(f -> (centroids[j * d + f] - means[f]) / scales[f])
                        .toList()))
        .toList();
  }
}
