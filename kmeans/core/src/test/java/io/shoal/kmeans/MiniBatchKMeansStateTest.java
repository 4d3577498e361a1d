package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiniBatchKMeansStateTest {
  private static final String GOLDEN = "/golden/0.1.0/learner-state.bin";
  private static final String GOLDEN_CHECKSUM =
      "dce350c593a39de174087a9a454d23ab6b58fdc4f94f89015fc06ad92c41a8c7";

  @ParameterizedTest
  @ValueSource(ints = {0, 90, 8_000})
  void shouldGoOnBitForBit(int points) throws IOException {
    MiniBatchKMeans learner = learner();
    Samples.learn(learner, 2, traffic(1, points));
    MiniBatchKMeans restored = read(write(learner));
    assertThat(write(restored)).isEqualTo(write(learner));

    for (MiniBatchKMeans each : new MiniBatchKMeans[] {learner, restored}) {
      Samples.learn(each, 2, traffic(2, 8_000));
      each.learnLabel(new float[] {20, 20}, true, 0);
    }
    assertThat(restored.metrics()).isEqualTo(learner.metrics());
    assertThat(restored.parameters()).isEqualTo(learner.parameters());
    assertThat(restored.snapshot().checksum()).isEqualTo(learner.snapshot().checksum());
    assertThat(write(restored)).isEqualTo(write(learner));
  }

  @Test
  void shouldRefuseAnotherVersion() throws IOException {
    byte[] state = write(learner());
    state[3]++;

    assertThatThrownBy(() -> read(state))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 6, known are 1 to 5");
  }

  @Test
  void shouldRefuseAStateCutShort() throws IOException {
    MiniBatchKMeans learner = learner();
    Samples.learn(learner, 2, traffic(1, 1_000));
    byte[] state = write(learner);

    assertThatThrownBy(() -> read(Arrays.copyOf(state, state.length - 1)))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void shouldGoOnFromTheStateOfARelease() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MiniBatchKMeansStateTest.class.getResourceAsStream(GOLDEN))) {
      MiniBatchKMeans learner = read(in.readAllBytes());
      Samples.learn(learner, 2, traffic(2, 2_000));

      assertThat(learner.metrics().events()).isEqualTo(8_000);
      assertThat(learner.snapshot().checksum()).isEqualTo(GOLDEN_CHECKSUM);
    }
  }

  private static MiniBatchKMeans learner() {
    return Samples.learner(
        MiniBatchKMeansParameters.builder()
            .k(6)
            .dimension(2)
            .halfLife(HalfLife.ofEvents(6_000))
            .startPoints(100)
            .resolutions(List.of(0.5f, 0f))
            .deadFraction(0.3));
  }

  private static float[] traffic(long seed, int points) {
    return Samples.blobs(new Random(seed), points, 2, 0, 20, 40.0 * seed);
  }

  private static byte[] write(MiniBatchKMeans learner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    learner.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static MiniBatchKMeans read(byte[] state) throws IOException {
    return MiniBatchKMeans.readFrom(
        new DataInputStream(new ByteArrayInputStream(state)), new ScalarAssignmentKernel());
  }
}
