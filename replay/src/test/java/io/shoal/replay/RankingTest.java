package io.shoal.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankingTest {
  @Test
  void shouldRankByHand() {
    Ranking.Quality quality =
        Ranking.quality(new double[] {4, 3, 2, 1}, new boolean[] {true, false, true, false});

    assertThat(quality.auc()).isCloseTo(0.75, within(1e-12));
    assertThat(quality.averagePrecision()).isCloseTo((1 + 2 / 3.0) / 2, within(1e-12));
  }

  @Test
  void shouldCountEqualScoresAsOneRank() {
    Ranking.Quality quality =
        Ranking.quality(new double[] {1, 1, 1, 1}, new boolean[] {true, false, false, false});

    assertThat(quality.auc()).isCloseTo(0.5, within(1e-12));
    assertThat(quality.averagePrecision()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void shouldHaveNoQualityWithoutBothKinds() {
    assertThat(Ranking.quality(new double[] {1, 2}, new boolean[2]).averagePrecision()).isNaN();
    assertThat(Ranking.quality(new double[0], new boolean[0]).auc()).isNaN();
  }
}
