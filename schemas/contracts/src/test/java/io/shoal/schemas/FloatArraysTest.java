package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.PrimitivesArrays;
import org.junit.jupiter.api.Test;

class FloatArraysTest {
  private static final Schema FLOATS = Schema.createArray(Schema.create(Schema.Type.FLOAT));

  @Test
  void shouldGiveBackTheSameValues() {
    float[] values = {1.5f, -0.0f, Float.MAX_VALUE};

    assertThat(FloatArrays.toArray(FloatArrays.asList(values))).containsExactly(values);
  }

  @Test
  void shouldCopyFromAvrosOwnArray() {
    List<Float> avro = new PrimitivesArrays.FloatArray(FLOATS, List.of(3f, 4f));
    float[] target = {0, 0, 0, 9};

    FloatArrays.copy(avro, target, 1);

    assertThat(target).containsExactly(0, 3, 4, 9);
  }
}
