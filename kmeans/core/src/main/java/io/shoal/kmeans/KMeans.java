package io.shoal.kmeans;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Batch k-means: Lloyd's algorithm over points that are all at hand, to start a model from history.
 *
 * <p>The metric is that of {@link MiniBatchKMeans}: {@code d2(x, c) = sum_f ((x_f - c_f) / s_f)^2}
 * with the standard deviations as scales. The best of several starts is taken. An empty cluster
 * moves to the point that fits worst. Deterministic for a seed, whatever the number of threads.
 */
public final class KMeans {
  private final KMeansParameters parameters;
  private final AssignmentKernel kernel;

  /** A fit with these parameters on this kernel. */
  public KMeans(KMeansParameters parameters, AssignmentKernel kernel) {
    this.parameters = parameters;
    this.kernel = kernel;
  }

  /**
   * Fits a model with the defaults, on all cores.
   *
   * @param rows n points of d features each
   * @throws IllegalArgumentException when there are fewer points than clusters, or rows differ in
   *     length
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public static KMeansModelData fit(float[][] rows, int k) {
    int threads = Runtime.getRuntime().availableProcessors();
    KMeans kmeans =
        new KMeans(KMeansParameters.of(k), KernelProvider.load(KernelChoice.AUTO, threads));
    return kmeans.fitModel(flat(rows), rows.length, rows[0].length);
  }

  /**
   * Fits.
   *
   * @param points {@code [n * d]} at least, row-major
   * @throws IllegalArgumentException when there are fewer points than clusters
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public KMeansFit fit(float[] points, int n, int d) {
    SplitMix64 random = new SplitMix64(parameters.seed());
    return fit(
        points,
        n,
        d,
        parameters.starts(),
        (scaled, inverseScales) ->
            parameters.start().centroids(scaled, n, d, parameters.k(), random, kernel));
  }

  /**
   * Fits from given centroids.
   *
   * @param points {@code [n * d]} at least, row-major
   * @param start {@code [k * d]}, row-major, in feature units
   * @throws IllegalArgumentException when a shape is wrong
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public KMeansFit fitFrom(float[] points, int n, int d, float[] start) {
    if (start.length != parameters.k() * d) {
      throw new IllegalArgumentException(
          start.length + " values are no " + parameters.k() + " centroids of " + d + " features");
    }
    InvalidVectorException.requireFinite(start, start.length);
    return fit(
        points,
        n,
        d,
        1,
        (scaled, inverseScales) -> Scaling.scaled(start, parameters.k(), inverseScales));
  }

  /**
   * Fits and keeps what scoring needs: each cluster weighs as many events as it has points.
   *
   * @param points {@code [n * d]} at least, row-major
   * @throws IllegalArgumentException when there are fewer points than clusters
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public KMeansModelData fitModel(float[] points, int n, int d) {
    KMeansFit fit = fit(points, n, d);
    int k = parameters.k();
    float[] inverseScales = Scaling.inverse(fit.scales());
    double[] weights = Arrays.stream(fit.counts()).asDoubleStream().toArray();
    RawScores rawScores =
        new RawScores(Scaling.scaled(fit.centroids(), k, inverseScales), weights, d);
    double[] raws = new double[n];
    rawScores.raws(kernel, points, n, inverseScales, fit.ids(), raws);
    ScoreHistogram scores = new ScoreHistogram();
    Arrays.stream(raws).forEach(scores::add);
    List<ClusterLineage> lineage =
        IntStream.range(0, k)
            .mapToObj(j -> new ClusterLineage(j, ClusterLineage.Change.NEW, List.of()))
            .toList();
    return KMeansModelData.builder()
        .centroids(fit.centroids())
        .scales(fit.scales())
        .weights(weights)
        .clusterIds(IntStream.range(0, k).toArray())
        .fraudWeights(new double[k])
        .legitimateWeights(new double[k])
        .scoreSketch(scores.toBytes())
        .lineage(lineage)
        .build();
  }

  /** Gives the centroids of a start, scaled. */
  private interface Starter {
    float[] centroids(float[] scaled, float[] inverseScales);
  }

  private KMeansFit fit(float[] points, int n, int d, int starts, Starter starter) {
    if (n < parameters.k()) {
      throw new IllegalArgumentException(
          "k = " + parameters.k() + " clusters need as many points, not " + n + "; lower k");
    }
    InvalidVectorException.requireFinite(points, n * d);
    FeatureStatistics features = new FeatureStatistics(d, List.of());
    features.add(kernel, points, n, new int[n], 1);
    float[] scales = features.scales();
    // The mean variance of standardized features is 1.
    double unit2 = parameters.standardize() ? 1 : features.meanVariance();
    if (!parameters.standardize()) {
      Arrays.fill(scales, 1);
    }
    float[] inverseScales = Scaling.inverse(scales);
    float[] scaled = parameters.standardize() ? Scaling.scaled(points, n, inverseScales) : points;
    try (ResidentPoints resident = kernel.hold(scaled, n, d)) {
      Lloyd lloyd = new Lloyd(scaled, n, d, parameters.k(), resident);
      double shift2Max = parameters.tolerance() * unit2;
      return IntStream.range(0, starts)
          .mapToObj(start -> starter.centroids(scaled, inverseScales))
          .map(start -> lloyd.run(start, parameters.maxIterations(), shift2Max))
          .map(run -> result(run, resident, n, scales))
          .reduce((best, next) -> next.inertia() < best.inertia() ? next : best)
          .orElseThrow();
    }
  }

  private static KMeansFit result(
      Lloyd.Result run, ResidentPoints resident, int n, float[] scales) {
    float[] centroids = run.centroids();
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] *= scales[i % scales.length];
    }
    return new KMeansFit(
        centroids,
        scales,
        run.counts(),
        Arrays.copyOf(resident.ids(), n),
        Arrays.copyOf(resident.distances2(), n),
        run.inertia(),
        run.iterations(),
        run.converged());
  }

  private static float[] flat(float[][] rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException("no points to fit");
    }
    int d = rows[0].length;
    float[] points = new float[rows.length * d];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != d) {
        throw new IllegalArgumentException(
            "row " + i + " has " + rows[i].length + " features, the first " + d);
      }
      System.arraycopy(rows[i], 0, points, i * d, d);
    }
    return points;
  }
}
