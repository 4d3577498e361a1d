package io.shoal.flinkml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.ml.linalg.Vectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnModelTest {
  private static final int BATCH = 100;

  private final List<OneInputStreamOperatorTestHarness<DenseVector, byte[]>> opened =
      new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness : opened) {
      harness.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 100, 250})
  void shouldGoOnBitForBitAfterRestore(int before) throws Exception {
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> uninterrupted = open(null);
    learn(uninterrupted, 1, before);
    OperatorSubtaskState state = uninterrupted.snapshot(1, 1);
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> restored = open(state);
    learn(uninterrupted, 2, 400);
    learn(restored, 2, 400);

    List<byte[]> all = uninterrupted.extractOutputValues();
    List<byte[]> rest = restored.extractOutputValues();
    assertThat(all).hasSize((before + 400) / BATCH);
    assertThat(rest).hasSize(all.size() - before / BATCH);
    assertThat(rest.get(rest.size() - 1)).isEqualTo(all.get(all.size() - 1));
  }

  @Test
  void shouldLearnTheRestWhenTheInputEnds() throws Exception {
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness = open(null);
    learn(harness, 1, BATCH + 7);
    harness.endInput();

    assertThat(harness.extractOutputValues())
        .extracting(bytes -> VersionedModel.of(bytes).version())
        .containsExactly(1L, 2L);
  }

  @Test
  void shouldSayThatThereAreTooFewVectors() throws Exception {
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness = open(null);
    learn(harness, 1, 3);

    assertThatThrownBy(harness::endInput)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 vectors are too few for k = 4");
  }

  @Test
  void shouldRefuseVectorsOfAnotherLength() throws Exception {
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness = open(null);
    learn(harness, 1, 3);

    assertThatThrownBy(() -> harness.processElement(new StreamRecord<>(Vectors.dense(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a vector of 1 features after some of 2");
  }

  private OneInputStreamOperatorTestHarness<DenseVector, byte[]> open(OperatorSubtaskState state)
      throws Exception {
    OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness =
        new OneInputStreamOperatorTestHarness<>(new LearnModel(4, 1, BATCH, 0.9));
    opened.add(harness);
    harness.setup();
    harness.initializeState(state);
    harness.open();
    return harness;
  }

  private static void learn(
      OneInputStreamOperatorTestHarness<DenseVector, byte[]> harness, int seed, int n)
      throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < n; i++) {
      harness.processElement(
          new StreamRecord<>(
              Vectors.dense(i % 4 * 10 + random.nextGaussian(), random.nextGaussian())));
    }
  }
}
