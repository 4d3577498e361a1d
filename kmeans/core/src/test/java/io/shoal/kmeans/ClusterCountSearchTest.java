package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.ClusterCountSearch.Candidate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterCountSearchTest {
  @Test
  void shouldFindTheNumberOfBlobs() {
    float[] points = Samples.blobs(new Random(1), 4_000, 2, -60, -20, 20, 60);
    List<Candidate> candidates = search(points, 2, 2, 3, 4, 5, 6, 8);

    assertThat(candidates).extracting(Candidate::k).containsExactly(2, 3, 4, 5, 6, 8);
    assertThat(ClusterCountSearch.best(candidates).k()).isEqualTo(4);
    assertThat(candidates).allSatisfy(c -> assertThat(c.silhouette()).isBetween(0d, 1d));
    assertThat(candidates.get(0).inertia()).isGreaterThan(candidates.get(2).inertia());
  }

  @Test
  void shouldGiveTheSilhouetteComputedByHand() {
    // Centroids 0 and 10: a = 1, b = 9 or 11.
    Candidate candidate = search(new float[] {-1, 1, 9, 11}, 1, 2).get(0);

    assertThat(candidate.silhouette())
        .isCloseTo((8 / 9.0 + 10 / 11.0) / 2, org.assertj.core.api.Assertions.within(1e-5));
  }

  @Test
  void shouldPreferFewerClustersOnATie() {
    assertThat(
            ClusterCountSearch.best(
                    List.of(new Candidate(5, 0.5, 1, 1), new Candidate(3, 0.5, 1, 1)))
                .k())
        .isEqualTo(3);
  }

  @Test
  void shouldRefuseASingleCluster() {
    assertThatThrownBy(() -> search(new float[] {1, 2}, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 clusters at least");
  }

  private static List<Candidate> search(float[] points, int d, int... ks) {
    return ClusterCountSearch.run(
        points,
        points.length / d,
        d,
        ks,
        KMeansParameters.of(2).withStarts(5),
        new ScalarAssignmentKernel());
  }
}
