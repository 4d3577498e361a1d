package io.shoal.kmeans.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AdwinTest {
  private static final int BLOCK = 100;
  private static final double CHANGE_MIN = 0.05;

  private final Adwin window = new Adwin(0.002, CHANGE_MIN);

  @Property(tries = 50)
  void shouldRaiseNoAlarmAndForgetNothingWhileTheMeanStands(@ForAll long seed) {
    Adwin stationary = new Adwin(0.002, CHANGE_MIN);
    SplittableRandom random = new SplittableRandom(seed);
    double sum = 0;
    for (int block = 1; block <= 1_000; block++) {
      double[] values = values(random, 0.5);
      sum += values[0];

      assertThat(stationary.add(BLOCK, values[0], values[1])).isFalse();
    }
    assertThat(stationary.mean()).isCloseTo(sum / (1_000 * BLOCK), within(0.01));
  }

  @Property(tries = 50)
  void shouldTellOfARiseWithinAThousandValues(@ForAll long seed) {
    Adwin risen = new Adwin(0.002, CHANGE_MIN);
    SplittableRandom random = new SplittableRandom(seed);
    feed(risen, random, 0.4, 500);
    int blocks = 1;
    while (!feed(risen, random, 0.52, 1)) {
      blocks++;
    }

    assertThat(blocks * BLOCK).isLessThanOrEqualTo(1_000);
    assertThat(risen.meanBefore()).isCloseTo(0.4, within(0.05));
    feed(risen, random, 0.52, 50);
    assertThat(risen.mean()).isCloseTo(0.52, within(0.02));
    assertThat(risen.count()).isLessThan(500L * BLOCK);
  }

  @Test
  void shouldFollowAFallWithoutAnAlarm() {
    SplittableRandom random = new SplittableRandom(1);
    feed(window, random, 0.6, 500);

    assertThat(feed(window, random, 0.3, 50)).isFalse();
    assertThat(window.mean()).isCloseTo(0.3, within(0.02));
  }

  @Test
  void shouldNotTellOfARiseThatIsTooSmallToMatter() {
    SplittableRandom random = new SplittableRandom(1);
    feed(window, random, 0.5, 2_000);

    assertThat(feed(window, random, 0.53, 2_000)).isFalse();
    assertThat(window.mean()).isCloseTo(0.53, within(0.01));
  }

  @Test
  void shouldBeAsSmallAfterALongTime() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    feed(window, random, 0.5, 1_000);
    int early = bytes(window).length;
    feed(window, random, 0.5, 100_000);

    assertThat(bytes(window).length).isLessThan(2 * early);
  }

  @Test
  void shouldGoOnAsIfItHadNeverBeenWritten() throws IOException {
    feed(window, new SplittableRandom(1), 0.5, 777);
    Adwin restored = new Adwin(0.002, CHANGE_MIN);
    restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes(window))));
    feed(window, new SplittableRandom(2), 0.6, 333);
    feed(restored, new SplittableRandom(2), 0.6, 333);

    assertThat(bytes(restored)).isEqualTo(bytes(window));
  }

  @Test
  void shouldRefuseWhatIsNoProbability() {
    assertThatThrownBy(() -> new Adwin(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Adwin(0.1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static boolean feed(Adwin window, SplittableRandom random, double mean, int blocks) {
    boolean rose = false;
    for (int block = 0; block < blocks; block++) {
      double[] values = values(random, mean);
      rose |= window.add(BLOCK, values[0], values[1]);
    }
    return rose;
  }

  /** Sum and sum of squares of a block of values around a mean, 0.3 to each side. */
  private static double[] values(SplittableRandom random, double mean) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < BLOCK; i++) {
      double value = mean + 0.6 * (random.nextDouble() - 0.5);
      sum += value;
      squares += value * value;
    }
    return new double[] {sum, squares};
  }

  private static byte[] bytes(Adwin window) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    window.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
