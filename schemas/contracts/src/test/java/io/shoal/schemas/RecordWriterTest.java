package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.LedgerEvent;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import io.shoal.schemas.avro.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordWriterTest {
  private static final int RECORDS = 200;

  @ParameterizedTest
  @ValueSource(
      classes = {
        DeadLetter.class,
        DriftEvent.class,
        FeatureVector.class,
        Feedback.class,
        LedgerEvent.class,
        ModelUpdate.class,
        Prediction.class,
        ShadowScore.class,
        Transaction.class
      })
  <T extends SpecificRecord> void shouldWriteWhatAvrosOwnWriterWrites(Class<T> type)
      throws IOException {
    SpecificData data = SpecificData.getForClass(type);
    Schema schema = data.getSchema(type);
    RecordWriter<T> writer = new RecordWriter<>(schema, data);

    for (Object random : new RandomData(schema, RECORDS, 1)) {
      byte[] bytes = bytes(new GenericDatumWriter<>(schema), random);
      T record =
          new SpecificDatumReader<T>(schema, schema, data)
              .read(null, DecoderFactory.get().binaryDecoder(bytes, null));

      assertThat(bytes(writer, record))
          .isEqualTo(bytes(new SpecificDatumWriter<>(schema, data), record));
    }
  }

  @Test
  void shouldWriteAViewOfFloats() throws IOException {
    float[] values = {1.5f, -0f, Float.NaN};
    FeatureVector boxed =
        new FeatureVector("t", Instant.EPOCH, "f", List.of(values[0], values[1], values[2]));
    FeatureVector view = new FeatureVector("t", Instant.EPOCH, "f", FloatArrays.asList(values));
    RecordWriter<FeatureVector> writer =
        new RecordWriter<>(FeatureVector.getClassSchema(), new SpecificData());

    assertThat(bytes(writer, view)).isEqualTo(bytes(writer, boxed));
  }

  @Test
  void shouldNameTheFieldThatDoesNotFit() {
    SpecificData data = SpecificData.getForClass(FeatureVector.class);
    RecordWriter<FeatureVector> writer = new RecordWriter<>(FeatureVector.getClassSchema(), data);
    FeatureVector incomplete = new FeatureVector("t", Instant.EPOCH, null, List.of());

    assertThatThrownBy(() -> bytes(writer, incomplete)).hasMessageContaining("fingerprint");
  }

  private static <T> byte[] bytes(DatumWriter<T> writer, T record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    writer.write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
