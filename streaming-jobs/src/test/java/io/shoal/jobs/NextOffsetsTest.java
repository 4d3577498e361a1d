package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.LearnedOffset;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class NextOffsetsTest {
  @Test
  void shouldHoldOneOffsetForEachOfManyPartitions() {
    NextOffsets offsets = new NextOffsets();
    for (int i = 0; i < 1_000; i++) {
      offsets.advance(i % 37, i);
    }
    assertThat(offsets.partitions()).hasSize(37).doesNotHaveDuplicates();
    assertThat(offsets.of("t")).hasSize(37).startsWith(new LearnedOffset("t", 0, 999L));
    assertThat(offsets.of("t").get(36)).isEqualTo(new LearnedOffset("t", 36, 998L));
  }

  @Test
  void shouldNeverGoBack() {
    NextOffsets offsets = new NextOffsets();
    offsets.advance(0, 10);
    offsets.advance(0, 3);

    assertThat(offsets.nextOffsets()).containsExactly(10);
  }

  @Test
  void shouldLeaveNothingBehindWhenTaken() {
    NextOffsets taken = new NextOffsets();
    taken.advance(1, 5);
    NextOffsets taker = new NextOffsets();
    taker.advance(0, 7);
    taker.take(taken);

    assertThat(taken.partitions()).isEmpty();
    assertThat(taker.partitions()).containsExactly(0, 1);
    assertThat(taker.nextOffsets()).containsExactly(7, 5);
    taken.advance(1, 2);
    assertThat(taken.nextOffsets()).containsExactly(2);
  }

  @Test
  void shouldReadWhatItWrote() throws IOException {
    NextOffsets offsets = new NextOffsets();
    offsets.advance(new int[] {4, 2}, new long[] {40, Long.MAX_VALUE});
    DataOutputSerializer out = new DataOutputSerializer(64);
    offsets.writeTo(out);
    NextOffsets read = NextOffsets.readFrom(new DataInputDeserializer(out.getCopyOfBuffer()));

    assertThat(read.partitions()).containsExactly(4, 2);
    assertThat(read.nextOffsets()).containsExactly(40, Long.MAX_VALUE);
  }
}
