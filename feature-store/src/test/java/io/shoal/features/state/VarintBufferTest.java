package io.shoal.features.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VarintBufferTest {
  @Property(tries = 200)
  void shouldReadBackNumbersOfEveryLength(@ForAll long seed) {
    Random random = new Random(seed);
    List<Long> numbers =
        LongStream.generate(() -> random.nextLong() >>> random.nextInt(Long.SIZE))
            .limit(100)
            .boxed()
            .toList();
    VarintBuffer out = new VarintBuffer();
    numbers.forEach(out::writeUnsigned);
    numbers.forEach(out::writeSigned);

    VarintBuffer in = new VarintBuffer();
    in.wrap(out.written());

    assertThat(numbers).allSatisfy(number -> assertThat(in.readUnsigned()).isEqualTo(number));
    assertThat(numbers).allSatisfy(number -> assertThat(in.readSigned()).isEqualTo(number));
    assertThat(in.remaining()).isZero();
  }

  @Test
  void shouldRefuseANumberThatDoesNotEnd() {
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) -1);
    VarintBuffer in = new VarintBuffer();
    in.wrap(endless);

    assertThatThrownBy(in::readUnsigned)
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("longer than 10 bytes");
  }
}
