package io.shoal.schemas;

import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.LedgerEvent;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import io.shoal.schemas.avro.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every released schema and one record written with it stand under {@code golden/VERSION/}. They
 * are never edited: a change that breaks this test breaks somebody's topic.
 */
class GoldenFilesTest {
  private static final String RELEASE = "golden/0.1.0/";

  static Stream<Class<? extends SpecificRecord>> records() {
    return Stream.of(
        Transaction.class,
        FeatureVector.class,
        Prediction.class,
        ShadowScore.class,
        Label.class,
        LedgerEvent.class,
        Feedback.class,
        ModelUpdate.class,
        DeadLetter.class);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldReadAndBeReadByTheReleasedSchema(Class<? extends SpecificRecord> type)
      throws IOException {
    Schema current = SpecificData.getForClass(type).getSchema(type);
    Schema released = new Schema.Parser().parse(text(RELEASE + type.getSimpleName() + ".avsc"));

    assertThat(compatibility(current, released)).as("new reader, old writer").isEqualTo(COMPATIBLE);
    assertThat(compatibility(released, current)).as("old reader, new writer").isEqualTo(COMPATIBLE);
  }

  @ParameterizedTest
  @MethodSource("records")
  void shouldLoseNothingOfTheReleasedBytes(Class<? extends SpecificRecord> type)
      throws IOException {
    SpecificData data = SpecificData.getForClass(type);
    Schema current = data.getSchema(type);
    Schema released = new Schema.Parser().parse(text(RELEASE + type.getSimpleName() + ".avsc"));
    byte[] bytes = bytes(RELEASE + type.getSimpleName() + ".bin");

    SpecificRecord record =
        new SpecificDatumReader<SpecificRecord>(released, current, data).read(null, decoder(bytes));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(written, null);
    new SpecificDatumWriter<SpecificRecord>(current, data).write(record, encoder);
    encoder.flush();

    assertThat(
            new GenericDatumReader<GenericRecord>(current, released)
                .read(null, decoder(written.toByteArray())))
        .isEqualTo(new GenericDatumReader<GenericRecord>(released).read(null, decoder(bytes)));
  }

  private static BinaryDecoder decoder(byte[] bytes) {
    return DecoderFactory.get().binaryDecoder(bytes, null);
  }

  private static SchemaCompatibility.SchemaCompatibilityType compatibility(
      Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
  }

  private static String text(String resource) throws IOException {
    return new String(bytes(resource), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String resource) throws IOException {
    try (InputStream in = GoldenFilesTest.class.getClassLoader().getResourceAsStream(resource)) {
      assertThat(in).as(resource).isNotNull();
      return in.readAllBytes();
    }
  }
}
