package io.shoal.kmeans.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.evaluation.RankingHistogram.Quality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankingHistogramTest {
  private record Scored(double score, boolean fraud) {}

  @Test
  void shouldOrderTheBinsAsTheScores() {
    int before = 0;
    for (double score = 0; score <= 1; score += 1e-5) {
      int bin = RankingHistogram.bin(score);
      assertThat(bin).isBetween(before, RankingHistogram.BINS - 1);
      before = bin;
    }
    assertThat(RankingHistogram.bin(0)).isZero();
    assertThat(RankingHistogram.bin(1)).isEqualTo(RankingHistogram.BINS - 1);
    assertThat(RankingHistogram.bin(0.4999))
        .isEqualTo(RankingHistogram.BINS / 2 - 1)
        .isEqualTo(RankingHistogram.bin(0.5) - 1);
  }

  @Test
  void shouldTellHighScoresApartByTheirDistanceToOne() {
    assertThat(RankingHistogram.bin(0.9991)).isGreaterThan(RankingHistogram.bin(0.999));
    assertThat(RankingHistogram.bin(0.99991)).isGreaterThan(RankingHistogram.bin(0.9999));
    assertThat(RankingHistogram.bin(0.0005)).isLessThan(RankingHistogram.bin(0.0006));
  }

  @Test
  void shouldKnowWhereEachBinBegins() {
    for (int bin = 0; bin < RankingHistogram.BINS; bin++) {
      double lowest = RankingHistogram.lowest(bin);
      double next = bin + 1 < RankingHistogram.BINS ? RankingHistogram.lowest(bin + 1) : 1;
      assertThat(RankingHistogram.bin((lowest + next) / 2)).isEqualTo(bin);
      assertThat(lowest).isLessThan(next);
    }
  }

  @Test
  void shouldRefuseWhatIsNoScore() {
    for (double score : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> RankingHistogram.bin(score))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(score));
    }
  }

  @Test
  void shouldComputeAHandWorkedExample() {
    // From the top: fraud, other, fraud, other.
    RankingHistogram histogram =
        histogram(
            List.of(
                new Scored(0.99, true),
                new Scored(0.9, false),
                new Scored(0.7, true),
                new Scored(0.2, false)));
    Quality quality = histogram.quality(2);
    assertThat(quality.frauds()).isEqualTo(2);
    assertThat(quality.others()).isEqualTo(2);
    assertThat(quality.auc()).isEqualTo(0.75);
    assertThat(quality.aucTolerance()).isZero();
    assertThat(quality.averagePrecision()).isEqualTo((1 + 2 / 3.0) / 2);
    assertThat(quality.precision()).isEqualTo(0.5);
    assertThat(histogram.quality(100).precision()).isEqualTo(0.5);
  }

  @Test
  void shouldAgreeWithTheExactRankingWithinItsTolerance() {
    Random random = new Random(3);
    List<Scored> scored = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      boolean fraud = random.nextInt(100) == 0;
      double uniform = random.nextDouble();
      scored.add(new Scored(fraud ? 1 - uniform * uniform * uniform : uniform, fraud));
    }
    Quality quality = histogram(scored).quality(500);

    scored.sort(Comparator.comparingDouble(s -> -s.score()));
    double frauds = scored.stream().filter(Scored::fraud).count();
    double found = 0;
    double above = 0;
    double precisions = 0;
    double top = 0;
    for (int i = 0; i < scored.size(); i++) {
      if (scored.get(i).fraud()) {
        found++;
        precisions += found / (i + 1);
        top += i < 500 ? 1 : 0;
      } else {
        above += found;
      }
    }
    assertThat(quality.aucTolerance()).isPositive().isLessThan(0.01);
    assertThat(quality.auc())
        .isEqualTo(above / frauds / (scored.size() - frauds), within(quality.aucTolerance()));
    assertThat(quality.averagePrecision()).isEqualTo(precisions / frauds, within(0.005));
    assertThat(quality.precision()).isEqualTo(top / 500, within(0.01));
  }

  @Test
  void shouldSayHowFarChanceAloneMovesTheArea() {
    // Hanley and McNeil's example, 51 abnormal and 58 normal images, an area of 0.893, has 0.032.
    assertThat(new Quality(51, 58, 0.893, 0, 0, 0).aucError()).isEqualTo(0.033, within(0.001));
    assertThat(new Quality(1, 1_000, 1, 0, 0, 0).aucError()).isBetween(0.2, 0.3);
    assertThat(new Quality(1_000, 100_000, 1, 0, 0, 0).aucError()).isLessThan(0.001);
    assertThat(new Quality(0, 58, Double.NaN, 0, 0, 0).aucError()).isNaN();
  }

  @Test
  void shouldAddUpAndTakeBack() {
    RankingHistogram whole = new RankingHistogram();
    RankingHistogram part = new RankingHistogram();
    whole.add(3, false, 2);
    part.add(3, false, -1);
    part.add(200, true, 1);
    whole.add(part);
    assertThat(whole.quality(1)).isEqualTo(new Quality(1, 1, 1, 0, 1, 1));
  }

  @Test
  void shouldLeaveUndefinedWhatNeedsBothKinds() {
    RankingHistogram histogram = new RankingHistogram();
    histogram.add(7, false, 5);
    Quality quality = histogram.quality(3);
    assertThat(quality.auc()).isNaN();
    assertThat(quality.averagePrecision()).isNaN();
    assertThat(quality.precision()).isZero();
  }

  private static RankingHistogram histogram(List<Scored> scored) {
    RankingHistogram histogram = new RankingHistogram();
    scored.forEach(s -> histogram.add(RankingHistogram.bin(s.score()), s.fraud(), 1));
    return histogram;
  }
}
