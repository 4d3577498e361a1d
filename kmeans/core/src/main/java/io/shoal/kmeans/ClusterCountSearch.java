package io.shoal.kmeans;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses k by the simplified silhouette (Vendramin, Campello and Hruschka 2010): the mean over all
 * points of {@code (b - a) / max(a, b)}, with {@code a} the distance to the own centroid and {@code
 * b} that to the second nearest. It lies in [0, 1], highest where clusters are tight and apart, and
 * costs as much as one pass, where the silhouette itself needs all pairs of points.
 */
public final class ClusterCountSearch {
  /** Enough for two digits of the mean. */
  private static final int SAMPLE_MAX = 50_000;

  private ClusterCountSearch() {}

  /**
   * One k.
   *
   * @param k number of clusters
   * @param silhouette simplified silhouette, in [0, 1]
   * @param inertia sum of the squared distances
   * @param iterations of the fit
   */
  public record Candidate(int k, double silhouette, double inertia, int iterations) {}

  /**
   * Fits every k.
   *
   * @param points {@code [n * d]} at least, row-major
   * @param ks at least 2 each
   * @param parameters of the fits, but for k
   * @return in the order of {@code ks}
   * @throws IllegalArgumentException when a k is below 2 or above the number of points
   */
  public static List<Candidate> run(
      float[] points,
      int n,
      int d,
      int[] ks,
      KMeansParameters parameters,
      AssignmentKernel kernel) {
    List<Candidate> candidates = new ArrayList<>();
    for (int k : ks) {
      if (k < 2) {
        throw new IllegalArgumentException("a silhouette needs 2 clusters at least, not " + k);
      }
      KMeansFit fit = new KMeans(parameters.withK(k), kernel).fit(points, n, d);
      candidates.add(
          new Candidate(k, silhouette(points, n, d, k, fit), fit.inertia(), fit.iterations()));
    }
    return candidates;
  }

  /** The candidate with the highest silhouette; of equal ones that with fewer clusters. */
  public static Candidate best(List<Candidate> candidates) {
    return candidates.stream()
        .max(
            Comparator.comparingDouble(Candidate::silhouette)
                .thenComparing(Candidate::k, Comparator.reverseOrder()))
        .orElseThrow(() -> new IllegalArgumentException("no candidates"));
  }

  private static double silhouette(float[] points, int n, int d, int k, KMeansFit fit) {
    float[] inverseScales = Scaling.inverse(fit.scales());
    float[] columns = PointKernel.columns(Scaling.scaled(fit.centroids(), k, inverseScales), k, d);
    PointKernel kernel = KernelProvider.loadPointKernel();
    float[] x = new float[d];
    float[] distances2 = new float[PointKernel.stride(k)];
    int step = (n + SAMPLE_MAX - 1) / SAMPLE_MAX;
    double sum = 0;
    for (int i = 0; i < n; i += step) {
      for (int f = 0; f < d; f++) {
        x[f] = points[i * d + f] * inverseScales[f];
      }
      kernel.distances2(x, columns, PointKernel.stride(k), d, distances2);
      sum += silhouette(distances2, k);
    }
    return sum / IntStream.iterate(0, i -> i < n, i -> i + step).count();
  }

  private static double silhouette(float[] distances2, int k) {
    float nearest = Float.POSITIVE_INFINITY;
    float second = Float.POSITIVE_INFINITY;
    for (int j = 0; j < k; j++) {
      if (distances2[j] < nearest) {
        second = nearest;
        nearest = distances2[j];
      } else if (distances2[j] < second) {
        second = distances2[j];
      }
    }
    return second > 0 ? 1 - Math.sqrt((double) nearest / second) : 0;
  }
}
