package io.shoal.console.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BinsTest {
  @Test
  void shouldHaveABinForEveryScoreAndLatency() {
    assertThat(Bins.ofScore(0)).isZero();
    assertThat(Bins.ofScore(0.5)).isEqualTo(4);
    assertThat(Bins.ofScore(1)).isEqualTo(Bins.SCORES - 1);
    assertThat(Bins.ofLatency(-5)).isZero();
    assertThat(Bins.ofLatency(1e12)).isEqualTo(Bins.LATENCIES - 1);
  }

  @Test
  void shouldFindQuantilesWithinABin() {
    Bins bins = new Bins(Bins.LATENCIES);
    for (int ms = 1; ms <= 1_000; ms++) {
      bins.add(Bins.ofLatency(ms));
    }
    assertThat(bins.latencyQuantile(0.5)).isCloseTo(500, within(30.0));
    assertThat(bins.latencyQuantile(0.99)).isCloseTo(990, within(60.0));
    assertThat(new Bins(Bins.LATENCIES).latencyQuantile(0.5)).isNaN();
  }

  @Test
  void shouldRankByPairsAsTheAreaUnderTheCurve() {
    Bins all = new Bins(Bins.SCORES);
    Bins odd = new Bins(Bins.SCORES);
    for (int bin : new int[] {1, 2, 2, 8}) {
      all.add(bin);
    }
    odd.add(2);
    odd.add(8);
    // Pairs with the others in bins 1 and 2: 8 beats both, 2 beats one and ties with one.
    assertThat(Bins.auc(odd, all)).isEqualTo(3.5 / 4);
    assertThat(Bins.auc(new Bins(Bins.SCORES), all)).isNaN();
  }

  @Test
  void shouldComeBackFromBytes() {
    Bins bins = new Bins(Bins.SCORES);
    bins.add(3);
    assertThat(Bins.of(bins.toBytes(), Bins.SCORES).counts()).isEqualTo(bins.counts());
    assertThat(Bins.of(null, Bins.SCORES).total()).isZero();
  }
}
