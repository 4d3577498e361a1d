package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.OnnxModels;
import io.shoal.kmeans.exchange.PmmlModels;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvertCommandTest {
  private static final KMeansModelData MODEL =
      KMeansModelData.builder()
          .centroids(new float[] {0, 1, 100, 7})
          .scales(new float[] {2, 1})
          .weights(new double[] {10, 20})
          .clusterIds(new int[] {3, 5})
          .fraudWeights(new double[] {0, 1})
          .legitimateWeights(new double[2])
          .rawScores(1, 2, 3)
          .build();

  @TempDir private Path folder;
  private Path artifact;

  @BeforeEach
  void writeArtifact() throws IOException {
    artifact = Files.write(folder.resolve("model.avro"), artifact());
  }

  @Test
  void shouldCarryAnArtifactOfTheRegistryThroughEveryFormat() throws IOException {
    Path pmml = folder.resolve("model.pmml");
    Path onnx = folder.resolve("model.ONNX");
    Path xml = folder.resolve("back.xml");

    assertThat(convert(artifact, pmml).out())
        .isEqualToNormalizingNewlines(
            pmml + ": 2 clusters, 2 features, checksum " + MODEL.checksum() + "\n");
    assertThat(convert(pmml, onnx).exitCode()).isZero();
    assertThat(convert(onnx, xml).exitCode()).isZero();
    try (InputStream in = Files.newInputStream(onnx)) {
      assertThat(OnnxModels.read(in).model().checksum()).isEqualTo(MODEL.checksum());
    }
    try (InputStream in = Files.newInputStream(xml)) {
      assertThat(PmmlModels.read(in).features()).containsExactly("amount", "count");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model.avro, model.txt, model.txt: unknown format; use a name that ends in .avro",
    "model.avro, other.avro, other.avro: versions are made by a trainer; write .pmml",
    "none.onnx, model.pmml, none.onnx: no such file",
  })
  void shouldSayWhichFileIsWrong(String in, String out, String message) {
    Cli result = convert(folder.resolve(in), folder.resolve(out));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains(message);
    assertThat(folder.resolve("model.pmml")).doesNotExist();
  }

  @Test
  void shouldWriteNothingWhereTheInputIsDamaged() throws IOException {
    Path out = folder.resolve("out.onnx");
    byte[] bytes = artifact();
    for (int length = 0; length < bytes.length; length++) {
      Files.write(artifact, Arrays.copyOf(bytes, length));
      Cli result = convert(artifact, out);

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.err()).contains("model.avro: ");
    }
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
    assertThat(convert(text, out).err()).contains("text.onnx: it is no ONNX file");
    assertThat(out).doesNotExist();
  }

  private static Cli convert(Path in, Path out) {
    return Cli.run("convert", in.toString(), out.toString());
  }

  private static byte[] artifact() throws IOException {
    ModelMetadata metadata =
        new ModelMetadata(
            "default",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            1,
            "fingerprint",
            List.of("amount", "count"),
            Map.of(),
            Map.of(),
            List.of());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(ModelVersion.class)
        .write(ModelCodec.encode(MODEL, metadata), encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
