package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.shoal.client.Models;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.registry.client.ColumnNames;
import io.shoal.registry.client.ModelCodec;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {
  private static final int ROWS = 600;
  private static final String REGISTERED =
      """
      {"model":"cards","version":7,"jobId":"job","sequence":1,"state":"READY","reason":null,
       "checksum":"c0ffee","fingerprint":"f00d","createdAt":%1$s,"eventTime":%1$s,
       "registeredAt":%1$s,"updatedAt":%1$s,"pruned":false,"description":"","source":null}
      """
          .formatted("\"2026-11-21T14:03:07Z\"");

  @TempDir private Path folder;

  @Test
  void shouldFindTheClustersOfAFile() throws IOException {
    Path history = folder.resolve("history.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(history))) {
      out.write(blobs().getBytes(StandardCharsets.UTF_8));
    }
    Path model = folder.resolve("model.avro");
    Cli result = train(history, model, "--model", "cards");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("600 rows of 2 columns")
        .containsPattern("k  3: silhouette 0\\.\\d{3}  <- taken")
        .containsPattern(" 200 +33\\.3 %  amount 9\\d\\.\\d+ \\(\\+1\\.\\d\\)");
    ModelVersion version = read(model);
    assertThat(version.getModelName()).isEqualTo("cards");
    assertThat(version.getFeatures()).containsExactly("amount", "age");
    assertThat(version.getParameters()).containsEntry("k", "3").containsEntry("seed", "1");
    assertThat(version.getMetrics()).containsEntry("events_learned", (double) ROWS);
    assertThat(version.getFingerprint()).startsWith("columns-");
    KMeansModelData data = ModelCodec.decode(version);
    assertThat(data.weights()).containsExactly(200, 200, 200);
    assertThat(result.out()).contains("checksum " + data.checksum());
  }

  @Test
  void shouldGiveTheSameModelForTheSameSeed() throws IOException {
    Path history = Files.writeString(folder.resolve("history.csv"), blobs());
    Path one = folder.resolve("one.avro");
    Path two = folder.resolve("two.avro");
    train(history, one, "-k", "5", "--seed", "7");
    train(history, two, "-k", "5", "--seed", "7");

    assertThat(read(one).getChecksum()).isEqualTo(read(two).getChecksum());
  }

  @Test
  void shouldTakeTheNamedColumnsInTheirOrder() throws IOException {
    Path history =
        Files.writeString(
            folder.resolve("history.csv"), blobs().replace("amount,age", "age,amount"));
    Path model = folder.resolve("model.onnx");
    Path version = folder.resolve("model.avro");
    assertThat(train(history, model, "-k", "2", "--features", "amount").exitCode()).isZero();
    assertThat(train(history, version, "-k", "2", "--features", "amount").exitCode()).isZero();

    NamedModel named = Models.load(model.toString());
    assertThat(named.features()).containsExactly("amount");
    assertThat(named.model().clusters()).isEqualTo(2);
    assertThat(read(version).getFingerprint())
        .isEqualTo(FeatureSet.cardTransactions().fingerprint());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '"',
      value = {
        "a;b|1;2|1;x @ 2 @ history.csv line 3: column 'b' has 'x', which is no finite number",
        "a;b|1;2|1;NaN @ 2 @ history.csv line 3: column 'b' has 'NaN', which is no finite number",
        "a;b|1;2|1 @ 2 @ history.csv line 3: 1 fields, not 2",
        "a;b|1;2 @ 2 @ history.csv: -k 2 clusters need as many rows, it has 1",
        "a;b|1;2|3;4 @ two @ -k two: give a number, or auto",
        "a;b|1;2|3;4 @ 0 @ k must lie within 1..65536",
        "a;b|1;2|3;4 @ auto @ history.csv: 2 rows are too few to choose k",
        "\"\" @ 2 @ history.csv: no row of numbers",
      })
  void shouldSayWhatIsWrongWithTheFile(String text, String k, String message) throws IOException {
    Path history =
        Files.writeString(folder.resolve("history.csv"), text.replace('|', '\n').replace(';', ','));
    Path model = folder.resolve("model.avro");
    Cli result = train(history, model, "-k", k);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains(message);
    assertThat(model).doesNotExist();
  }

  @Test
  void shouldSayWhatIsWrongWithTheCommand() throws IOException {
    Path history = Files.writeString(folder.resolve("history.csv"), blobs());
    Path model = folder.resolve("model.avro");

    assertThat(train(folder.resolve("none.csv"), model).err()).contains("none.csv: no such file");
    assertThat(train(history, folder.resolve("model.txt")).err()).contains("unknown format");
    assertThat(train(history, model, "--features", "amount,colour").err())
        .contains("there is no column 'colour'; it has amount, age");
    assertThat(Cli.run("train", "--from", history.toString()).err())
        .contains("say where the model goes: --out FILE, --registry URL, or both");
    assertThat(train("topic", model).err()).contains("--from topic needs --config FILE");
    assertThat(train("topic:payments", model).err()).contains("vectors.topic, model.features");
    assertThat(model).doesNotExist();
  }

  @Test
  void shouldTakeFeaturesKAndNameFromTheTrainersConfiguration() throws IOException {
    Path history = Files.writeString(folder.resolve("history.csv"), blobs());
    Path config =
        Files.writeString(
            folder.resolve("trainer.properties"),
            """
            bootstrap.servers=localhost:9092
            schema.registry.url=http://localhost:8081
            vectors.topic=payments
            model.features=age
            model.k=2
            model.name=payments
            """);
    Path model = folder.resolve("model.avro");
    Cli result = train(history, model, "--config", config.toString());

    assertThat(result.err()).isEmpty();
    ModelVersion version = read(model);
    assertThat(version.getModelName()).isEqualTo("payments");
    assertThat(version.getFeatures()).containsExactly("age");
    assertThat(version.getParameters()).containsEntry("k", "2");
    assertThat(version.getFingerprint()).isEqualTo(ColumnNames.fingerprint(List.of("age")));
  }

  @Test
  void shouldRegisterTheModel() throws IOException {
    Path history = Files.writeString(folder.resolve("history.csv"), blobs());
    AtomicReference<byte[]> sent = new AtomicReference<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/models/cards/versions",
        exchange -> {
          sent.set(exchange.getRequestBody().readAllBytes());
          byte[] answer = REGISTERED.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(201, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      String registry = "http://127.0.0.1:" + server.getAddress().getPort();
      Cli result =
          Cli.run(
              "train",
              "--from",
              history.toString(),
              "--registry",
              registry,
              "--model",
              "cards",
              "-k",
              "3");

      assertThat(result.err()).isEmpty();
      assertThat(result.out()).contains(registry + ": cards version 7, READY");
      ModelVersion version =
          new SpecificDatumReader<>(ModelVersion.class)
              .read(null, DecoderFactory.get().binaryDecoder(sent.get(), null));
      assertThat(version.getModelName()).isEqualTo("cards");
      assertThat(ModelCodec.decode(version).clusters()).isEqualTo(3);
    } finally {
      server.stop(0);
    }
  }

  private static Cli train(String from, Path out) {
    return Cli.run("train", "--from", from, "--out", out.toString());
  }

  private static Cli train(Path from, Path out, String... more) {
    String[] arguments = new String[5 + more.length];
    arguments[0] = "train";
    arguments[1] = "--from";
    arguments[2] = from.toString();
    arguments[3] = "--out";
    arguments[4] = out.toString();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return Cli.run(arguments);
  }

  private static ModelVersion read(Path file) throws IOException {
    return new SpecificDatumReader<>(ModelVersion.class)
        .read(null, DecoderFactory.get().binaryDecoder(Files.readAllBytes(file), null));
  }

  /** Three clusters of as many rows. */
  private static String blobs() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("amount,age\n");
    for (int i = 0; i < ROWS; i++) {
      int blob = i % 3;
      text.append(
          String.format(
              Locale.ROOT,
              "%.3f,%.3f%n",
              50.0 * blob + random.nextGaussian(),
              (blob == 1 ? 60 : 20) + random.nextGaussian()));
    }
    return text.toString();
  }
}
