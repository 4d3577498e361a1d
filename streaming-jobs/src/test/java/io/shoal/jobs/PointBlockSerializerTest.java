package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointBlockSerializerTest {
  private final TypeSerializer<PointBlock> serializer = new PointBlockSerializer();

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 1", "13, 7", "64, 64", "4096, 2", "4097, 3", "1000, 129"})
  void shouldGiveBackTheSameBits(int n, int d) throws IOException {
    PointBlock block = block(n, d);
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(block, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    assertThat(serializer.deserialize(in)).usingRecursiveComparison().isEqualTo(block);
    assertThat(in.available()).isZero();
    assertThat(serializer.copy(block)).usingRecursiveComparison().isEqualTo(block);
  }

  @Test
  void shouldWorkOnItsCopies() throws Exception {
    PointBlock block = block(5, 2);
    DataOutputSerializer out = new DataOutputSerializer(16);
    InstantiationUtil.clone(serializer).serialize(block, out);

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertThat(serializer.duplicate().deserialize(in)).usingRecursiveComparison().isEqualTo(block);
  }

  @Test
  void shouldBeTheSerializerOfBlocks() {
    assertThat(TypeInformation.of(PointBlock.class)).isInstanceOf(PointBlockType.class);
  }

  private static PointBlock block(int n, int d) {
    SplittableRandom random = new SplittableRandom(n);
    PointBlock block = new PointBlock();
    block.segment = "5411";
    block.n = n;
    block.d = d;
    block.points = new float[n * d];
    for (int i = 0; i < block.points.length; i++) {
      block.points[i] = (float) random.nextGaussian();
    }
    block.eventTimeMs = 1_700_000_000_123L;
    block.timesMs = random.longs(n % 2 == 0 ? n : 0).toArray();
    block.partitions = new int[] {3, 0};
    block.nextOffsets = new long[] {7, 1L << 40};
    return block;
  }
}
