package io.shoal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsTest {
  @TempDir private Path folder;
  private Path csv;

  @BeforeEach
  void writeTable() throws IOException {
    Random random = new Random(1);
    StringBuilder rows = new StringBuilder("amount,\"count\"\n\n");
    for (int i = 0; i < 500; i++) {
      rows.append(10 + random.nextGaussian()).append(", ").append(random.nextInt(5)).append('\n');
    }
    csv = Files.writeString(folder.resolve("points.csv"), rows);
  }

  @Test
  void shouldScoreInTwoLines() throws IOException {
    AnomalyScorer scorer = new AnomalyScorer(Models.fit(csv, 3).model());
    double score = scorer.score(new float[] {40, 2}).score;

    assertThat(score).isGreaterThan(0.99);
    assertThat(scorer.score(new float[] {10, 2}).score).isLessThan(0.95);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.pmml", "model.xml", "model.onnx"})
  void shouldSaveAndLoad(String name) throws IOException {
    NamedModel model = Models.fit(csv, 3);
    Path file = folder.resolve(name);
    Models.save(model, file);

    assertThat(Models.load(file.toString()).model().checksum()).isEqualTo(model.model().checksum());
    assertThat(Models.load(file.toString()).features()).containsExactly("amount", "count");
  }

  @Test
  void shouldLoadBothFormsOfAnArtifact() throws IOException {
    NamedModel model = Models.fit(csv, 3);
    Path body = Files.write(folder.resolve("body.avro"), artifact(model));
    Path file = Files.write(folder.resolve("export.avro"), export(model));
    for (Path path : List.of(body, file)) {
      assertThat(Models.load(path.toString()).model().checksum())
          .isEqualTo(model.model().checksum());
    }
  }

  @Test
  void shouldReadGzipAndGoWithoutAHeader() throws IOException {
    Path gzipped = folder.resolve("points.csv.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(gzipped))) {
      out.write("1,2\n3,4\n5,6\n".getBytes(StandardCharsets.UTF_8));
    }
    NamedModel model = Models.fit(gzipped, 3);

    assertThat(model.features()).containsExactly("f1", "f2");
    assertThat(model.model().clusters()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b;1,2;3,x|line 3: column 'b' has 'x'",
        "a,b;1,2;3,NaN|line 3: column 'b' has 'NaN'",
        "a,b;1,2;3|line 3: 1 fields, not 2",
        "a,b|no row of numbers",
        "a,b;1,2|lower k"
      })
  void shouldSayWhereATableIsWrong(String rows, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.csv"), rows.replace(';', '\n'));

    assertThatThrownBy(() -> Models.fit(file, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldLoadFromARegistry() throws IOException {
    NamedModel model = Models.fit(csv, 3);
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer(registry, "/api/v1/models/cards/aliases", json("champion", 7));
    answer(registry, "/api/v1/models/cards/versions/7/export", export(model));
    registry.start();
    try {
      String address = "http://127.0.0.1:" + registry.getAddress().getPort();

      assertThat(Models.load(address + "/cards@champion").model().checksum())
          .isEqualTo(model.model().checksum());
      assertThat(Models.load(address + "/cards/7").features()).isEqualTo(model.features());
      assertThatThrownBy(() -> Models.load(address + "/cards@canary"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no version of cards has the alias 'canary'");
      assertThatThrownBy(() -> Models.load(address + "/cards/8"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("404");
    } finally {
      registry.stop(0);
    }
    int port = registry.getAddress().getPort();
    assertThatThrownBy(() -> Models.load("http://127.0.0.1:" + port + "/cards/7"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does it run there?");
  }

  @Test
  void shouldRefuseWhatIsNoModel() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.onnx"), "no model");
    assertThatThrownBy(() -> Models.load(broken.toString()))
        .isInstanceOf(InvalidModelFileException.class)
        .hasMessageStartingWith(broken.toString());
    assertThatThrownBy(() -> Models.load(folder.resolve("none.onnx").toString()))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Models.load("model.txt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".onnx");
    assertThatThrownBy(() -> Models.load("http://127.0.0.1:1/cards"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MODEL@ALIAS");
    assertThatThrownBy(() -> Models.save(Models.fit(csv, 2), folder.resolve("m.avro")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] json(String alias, int version) {
    return ("[{\"model\":\"cards\",\"alias\":\"" + alias + "\",\"version\":" + version + "}]")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static ModelVersion version(NamedModel model) {
    return ModelCodec.encode(
        model.model(),
        new ModelMetadata(
            "cards",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            1,
            "fingerprint",
            model.features(),
            Map.of(),
            Map.of(),
            List.of()));
  }

  /** A container file, as the registry exports it. */
  private static byte[] export(NamedModel model) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelVersion version = version(model);
    try (DataFileWriter<ModelVersion> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(ModelVersion.class))) {
      writer.create(version.getSchema(), bytes);
      writer.append(version);
    }
    return bytes.toByteArray();
  }

  /** A body, as the registry is offered it. */
  private static byte[] artifact(NamedModel model) throws IOException {
    ModelVersion version = version(model);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(ModelVersion.class).write(version, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static void answer(HttpServer server, String path, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }
}
