package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.shoal.kmeans.ScoringFormula;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelsTest {
  private static final NamedModel MODEL = Models.random(1, 5, 3, true);

  @Property(tries = 100)
  void shouldReadWhatItWrote(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int k,
      @ForAll @IntRange(min = 1, max = 20) int d,
      @ForAll boolean labelled) {
    NamedModel named = Models.random(seed, k, d, labelled);

    Models.assertSame(read(write(named)), named);
  }

  @Test
  void shouldKeepUnusualNames() {
    NamedModel named =
        new NamedModel(MODEL.model(), List.of("a,b \"c\"", "größe", "\uD83D\uDC1F "));

    Models.assertSame(read(write(named)), named);
  }

  @Test
  void shouldWriteTheSameBytesForTheSameModel() {
    assertThat(write(MODEL)).isEqualTo(write(MODEL));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldUseStandardOperatorsAndEveryValue(boolean labelled) {
    GraphProto graph = ScoringGraph.of(ScoringFormula.of(Models.random(2, 9, 4, labelled).model()));
    List<String> used =
        graph.getNodeList().stream().flatMap(n -> n.getInputList().stream()).toList();
    List<String> outputs = graph.getOutputList().stream().map(o -> o.getName()).toList();

    assertThat(graph.getNodeList()).extracting(NodeProto::getDomain).containsOnly("");
    assertThat(graph.getNodeList()).extracting(NodeProto::getName).doesNotHaveDuplicates();
    assertThat(used)
        .containsAll(graph.getInitializerList().stream().map(TensorProto::getName).toList());
    assertThat(graph.getNodeList().stream().map(NodeProto::getName))
        .allMatch(name -> used.contains(name) || outputs.contains(name));
  }

  @Test
  void shouldRefuseEveryPartOfAFile() {
    byte[] file = write(MODEL);
    for (int length = 0; length < file.length; length += 7) {
      byte[] part = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> read(part)).isInstanceOf(InvalidModelFileException.class);
    }
  }

  /** A byte that is changed is noticed, or says nothing of the model. */
  @Test
  void shouldNeverReadAnotherModelFromADamagedFile() {
    byte[] file = write(MODEL);
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = file.clone();
      damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(read(damaged).model().checksum()).isEqualTo(MODEL.model().checksum());
      } catch (InvalidModelFileException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  @Test
  void shouldRefuseAModelOfAnotherSystem() {
    byte[] file = change(proto -> proto.clearMetadataProps().setProducerName("skl2onnx"));

    assertRefused(file, "Shoal did not write it (producer 'skl2onnx')", "from PMML");
  }

  @ParameterizedTest
  @CsvSource({
    "shoal.format, 2, its Shoal format is '2'",
    "shoal.weights, 1 2 3, its arrays do not fit",
    "shoal.weights, 1 2 x 4 5, For input string",
    "shoal.scales, 1 1 NaN, scale 2 is NaN",
    "shoal.cluster_ids, 1 2 3 4 5, it was changed after the export",
    "shoal.score_histogram, AAAA, not a score histogram",
    "shoal.score_histogram, AQ==, the score histogram is empty",
    "shoal.score_histogram, ???, Illegal base64",
    "shoal.lineage, 1:SAME, is no id:CHANGE:parents",
    "shoal.lineage, 1:GONE:, No enum constant",
    "shoal.features, a, 3 features",
  })
  void shouldSayWhatIsWrong(String key, String value, String message) {
    assertRefused(change(proto -> put(proto, key, value)), message, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"format", "centroids", "fraud_weights", "checksum", "lineage"})
  void shouldNameWhatIsMissing(String name) {
    byte[] file =
        change(
            proto -> {
              List<StringStringEntryProto> kept =
                  proto.getMetadataPropsList().stream()
                      .filter(entry -> !entry.getKey().equals("shoal." + name))
                      .toList();
              proto.clearMetadataProps().addAllMetadataProps(kept);
            });

    assertRefused(file, "'" + name + "' is missing", "export it again");
  }

  @Test
  void shouldReadNoMoreThanTheMost() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 10;
          }

          @Override
          public int read(byte[] bytes, int at, int length) {
            Arrays.fill(bytes, at, at + length, (byte) 10);
            return length;
          }
        };

    assertThatThrownBy(() -> OnnxModels.read(endless))
        .isInstanceOf(InvalidModelFileException.class)
        .hasMessageContaining("more than 67108864 bytes");
  }

  @Test
  void shouldWriteNothingThatCannotBeRead() {
    assertThatThrownBy(() -> ModelBytes.requireReadable(ModelBytes.SIZE_MAX + 1L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use fewer clusters");
    assertThatCode(() -> ModelBytes.requireReadable(ModelBytes.SIZE_MAX))
        .doesNotThrowAnyException();
  }

  private static void assertRefused(byte[] file, String problem, String advice) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidModelFileException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(advice);
  }

  private static byte[] change(Consumer<ModelProto.Builder> change) {
    try {
      ModelProto.Builder proto = ModelProto.parseFrom(write(MODEL)).toBuilder();
      change.accept(proto);
      return proto.build().toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void put(ModelProto.Builder proto, String key, String value) {
    for (StringStringEntryProto.Builder entry : proto.getMetadataPropsBuilderList()) {
      if (entry.getKey().equals(key)) {
        entry.setValue(value);
      }
    }
  }

  private static byte[] write(NamedModel named) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      OnnxModels.write(named, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static NamedModel read(byte[] bytes) {
    try {
      return OnnxModels.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
