package io.shoal.kmeans;

/**
 * Parameters of the batch fit {@link KMeans}.
 *
 * @param k number of clusters; 1 to 65,536
 * @param start where the first centroids stand
 * @param starts how often to start; the fit with the lowest inertia is taken; 1 to 1,000
 * @param maxIterations per start; 1 to 100,000
 * @param tolerance a run ends when the sum of the centroids' squared movements is at most this
 *     share of the mean variance of the features (as in scikit-learn); 0 for "until nothing moves"
 * @param standardize whether features are divided by their standard deviations; without it their
 *     units decide
 * @param seed of all random choices
 */
public record KMeansParameters(
    int k,
    KMeansStart start,
    int starts,
    int maxIterations,
    double tolerance,
    boolean standardize,
    long seed) {

  /** Checks every bound. */
  public KMeansParameters {
    require(k >= 1 && k <= 65_536, "k must lie within 1..65536, not " + k);
    require(starts >= 1 && starts <= 1_000, "starts must lie within 1..1000, not " + starts);
    require(
        maxIterations >= 1 && maxIterations <= 100_000,
        "maxIterations must lie within 1..100000, not " + maxIterations);
    require(
        tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY,
        "tolerance must not be negative, but is " + tolerance);
  }

  /** The defaults: k-means++, 1 start, 300 iterations, tolerance 1e-4, standardized, seed 1. */
  public static KMeansParameters of(int k) {
    return new KMeansParameters(k, KMeansStart.PLUS_PLUS, 1, 300, 1e-4, true, 1);
  }

  /** With another k. */
  public KMeansParameters withK(int value) {
    return new KMeansParameters(value, start, starts, maxIterations, tolerance, standardize, seed);
  }

  /** With another start. */
  public KMeansParameters withStart(KMeansStart value) {
    return new KMeansParameters(k, value, starts, maxIterations, tolerance, standardize, seed);
  }

  /** With another number of starts. */
  public KMeansParameters withStarts(int value) {
    return new KMeansParameters(k, start, value, maxIterations, tolerance, standardize, seed);
  }

  /** With another bound of iterations. */
  public KMeansParameters withMaxIterations(int value) {
    return new KMeansParameters(k, start, starts, value, tolerance, standardize, seed);
  }

  /** With another tolerance. */
  public KMeansParameters withTolerance(double value) {
    return new KMeansParameters(k, start, starts, maxIterations, value, standardize, seed);
  }

  /** With or without standardization. */
  public KMeansParameters withStandardize(boolean value) {
    return new KMeansParameters(k, start, starts, maxIterations, tolerance, value, seed);
  }

  /** With another seed. */
  public KMeansParameters withSeed(long value) {
    return new KMeansParameters(k, start, starts, maxIterations, tolerance, standardize, value);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
