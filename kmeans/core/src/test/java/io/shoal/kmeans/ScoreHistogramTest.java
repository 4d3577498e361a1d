package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreHistogramTest {
  private static final double[] VALUES =
      new Random(3).doubles(20_000, 0, 1).map(u -> Math.pow(1 - u, -1.5)).toArray();

  @Property
  void shouldPutAScoreBetweenTheEdgesOfItsBucket(
      @ForAll @IntRange(max = 0x7f7fffff) int bits,
      @ForAll @IntRange(min = 1, max = 4_000) int edge) {
    double any = Float.intBitsToFloat(bits);
    double atEdge = ScoreHistogram.upperEdge(edge);
    for (double raw :
        new double[] {
          any, any * 1.0000000001, atEdge, Math.nextUp(atEdge), Math.nextDown(atEdge)
        }) {
      int bucket = ScoreHistogram.bucket(raw);
      assertThat(bucket).isBetween(0, ScoreHistogram.buckets() - 1);
      assertThat(raw < ScoreHistogram.upperEdge(bucket) || bucket == ScoreHistogram.buckets() - 1)
          .as("bucket %d of %s", bucket, raw)
          .isTrue();
      assertThat(bucket == 0 || raw >= ScoreHistogram.upperEdge(bucket - 1))
          .as("bucket %d of %s", bucket, raw)
          .isTrue();
    }
  }

  @Test
  void shouldComeBackFromItsBytes() {
    ScoreHistogram histogram = of(Arrays.stream(VALUES));
    ScoreHistogram back = ScoreHistogram.fromBytes(histogram.toBytes());

    assertThat(back.total()).isEqualTo(histogram.total());
    assertThat(back.toBytes()).isEqualTo(histogram.toBytes());
  }

  @Test
  void shouldMergeToTheWhole() {
    ScoreHistogram merged = of(Arrays.stream(VALUES, 0, 7_000));
    merged.merge(of(Arrays.stream(VALUES, 7_000, VALUES.length)));

    assertThat(merged.total()).isEqualTo(VALUES.length);
    assertThat(merged.toBytes()).isEqualTo(of(Arrays.stream(VALUES)).toBytes());
  }

  @Test
  void shouldDecayToHalfAndForgetWhatIsLeftOfNothing() {
    ScoreHistogram histogram = of(DoubleStream.of(1, 1, 5));
    histogram.decay(0.5);
    assertThat(histogram.total()).isCloseTo(1.5, within(1e-12));

    histogram.decay(1e-4);
    assertThat(histogram.total()).isZero();
    assertThat(histogram.quantile(0.5)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.5, 0.9, 0.99, 0.999})
  void shouldKnowQuantilesWithinTwoPerCent(double share) {
    double[] sorted = Arrays.stream(VALUES).sorted().toArray();
    double exact = sorted[(int) Math.ceil(share * sorted.length) - 1];

    assertThat(of(Arrays.stream(VALUES)).quantile(share))
        .isBetween(exact * (1 - 1e-9), exact * 1.02 * (1 + 1e-9));
  }

  @Test
  void shouldHoldTheSmallestAndTheLargestValues() {
    ScoreHistogram histogram = of(DoubleStream.of(0, 1e-9, Float.MAX_VALUE, 1e300));

    assertThat(histogram.count(0)).isEqualTo(2);
    assertThat(histogram.count(ScoreHistogram.buckets() - 1)).isPositive();
    assertThat(histogram.total()).isEqualTo(4);
  }

  static List<byte[]> corrupt() {
    byte[] good = of(DoubleStream.of(1, 2)).toBytes();
    byte[] version = good.clone();
    version[0] = 9;
    return List.of(
        new byte[0],
        version,
        Arrays.copyOf(good, good.length - 1),
        row(3, -1f),
        row(3, Float.NaN),
        row(3, Float.POSITIVE_INFINITY),
        row(-4, 1f),
        row(ScoreHistogram.buckets(), 1f),
        ByteBuffer.allocate(13).put(row(3, 1f)).putShort((short) 3).putFloat(1f).array());
  }

  @ParameterizedTest
  @MethodSource("corrupt")
  void shouldRefuseCorruptBytes(byte[] bytes) {
    assertThatThrownBy(() -> ScoreHistogram.fromBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("score histogram");
  }

  private static byte[] row(int bucket, float count) {
    return ByteBuffer.allocate(7).put((byte) 1).putShort((short) bucket).putFloat(count).array();
  }

  private static ScoreHistogram of(DoubleStream values) {
    ScoreHistogram histogram = new ScoreHistogram();
    values.forEach(histogram::add);
    return histogram;
  }
}
