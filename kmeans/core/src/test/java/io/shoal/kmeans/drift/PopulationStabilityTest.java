package io.shoal.kmeans.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PopulationStabilityTest {
  private static final int WINDOW = 2_000;

  @Test
  void shouldBeTheSumOverClusters() {
    PopulationStability shares = new PopulationStability(2);
    assertThat(shares.add(ids(1_000, 1_000), WINDOW)).isTrue();
    assertThat(shares.lastIndex()).isZero();
    assertThat(shares.add(ids(500, 1_500), WINDOW)).isTrue();

    // (0.25 - 0.5) ln(0.25 / 0.5) + (0.75 - 0.5) ln(0.75 / 0.5)
    assertThat(shares.lastIndex()).isCloseTo(0.2747, within(0.001));
  }

  @Test
  void shouldSayNothingWithinAWindow() {
    PopulationStability shares = new PopulationStability(2);

    assertThat(shares.add(ids(999, 1_000), WINDOW - 1)).isFalse();
    assertThat(shares.add(ids(1, 0), 1)).isTrue();
  }

  @Test
  void shouldFollowAShiftThatLasts() {
    PopulationStability shares = new PopulationStability(2);
    for (int i = 0; i < 20; i++) {
      shares.add(ids(1_000, 1_000), WINDOW);
    }
    shares.add(ids(200, 1_800), WINDOW);
    double first = shares.lastIndex();
    for (int i = 0; i < 20; i++) {
      shares.add(ids(200, 1_800), WINDOW);
    }

    assertThat(first).isGreaterThan(0.8);
    assertThat(shares.lastIndex()).isLessThan(0.01);
  }

  /** Mean (k - 1)(1/n + 1/m), here 0.02; a tenth of the usual bound. */
  @Property(tries = 50)
  void shouldStaySmallWhileSharesStand(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PopulationStability shares = new PopulationStability(64);
    int[] ids = new int[1_000];
    for (int block = 0; block < 200; block++) {
      for (int i = 0; i < ids.length; i++) {
        // Some clusters with much traffic, some with hardly any.
        ids[i] = Math.min(random.nextInt(64), random.nextInt(64));
      }
      shares.add(ids, ids.length);

      assertThat(shares.lastIndex()).isLessThan(0.1);
    }
  }

  private static int[] ids(int zeros, int ones) {
    int[] ids = new int[zeros + ones];
    for (int i = zeros; i < ids.length; i++) {
      ids[i] = 1;
    }
    return ids;
  }
}
