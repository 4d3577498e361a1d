package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.schemas.AvroBody;
import io.shoal.schemas.UndecodableRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointReaderTest {
  private static final Schema PAYMENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Payment", "fields": [
                {"name": "id", "type": "string"},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "amount", "type": "double"},
                {"name": "items", "type": ["null", "int"], "default": null},
                {"name": "card", "type": {"type": "record", "name": "Card", "fields": [
                  {"name": "age_days", "type": "long"}]}},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CASH", "CARD"]}},
                {"name": "embedding", "type": {"type": "array", "items": "float"}},
                {"name": "doubles", "type": {"type": "array", "items": "double"}},
                {"name": "words", "type": {"type": "array", "items": "string"}}
              ]}
              """);
  private static final long RECORD_TIME_MS = 5_000;

  @Test
  void shouldReadFieldsOfTheRecordAndOfRecordsInIt() {
    FeaturePoint point = point(3);
    read(reader(null, null, "card.age_days", "items", "amount"), payment(2, 7.5), point);

    assertThat(point.values).containsExactly(30f, 2f, 7.5f);
    assertThat(point.eventTimeMs).isEqualTo(RECORD_TIME_MS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedding", "doubles"})
  void shouldReadAnArrayOfNumbers(String array) {
    FeaturePoint point = point(2);
    read(reader(array, "at", "x", "y"), payment(2, 7.5), point);

    assertThat(point.values).containsExactly(1.5f, -2f);
    assertThat(point.eventTimeMs).isEqualTo(1_234);
  }

  @Test
  void shouldRefuseWhatIsNoPoint() {
    FeaturePoint point = point(1);

    assertRefused("no-value", reader(null, null, "items"), payment(null, 1), point);
    assertRefused("not-finite", reader(null, null, "amount"), payment(1, Double.NaN), point);
    assertRefused("not-finite", reader(null, null, "amount"), payment(1, 1e300), point);
    assertRefused("wrong-length", reader("embedding", null, "x"), payment(1, 1), point);
    assertRefused("wrong-length", reader("doubles", null, "x"), payment(1, 1), point);
    assertRefused(
        "wrong-length", reader("embedding", null, "x", "y", "z"), payment(1, 1), point(3));
  }

  @ParameterizedTest
  @CsvSource({"id, p", "kind, CARD", "items, 2", "card.age_days, 30"})
  void shouldReadATextBesideTheValues(String field, String text) {
    PointReader reader =
        new PointReader(new RecordLayout(List.of("amount"), null, null, field), PAYMENT);
    FeaturePoint point = point(1);

    for (int i = 0; i < 2; i++) {
      read(reader, payment(2, 7.5), point);
      assertThat(reader.text()).isEqualTo(text);
      assertThat(point.values).containsExactly(7.5f);
    }
  }

  @Test
  void shouldHaveNoTextWhereItIsNull() {
    PointReader reader =
        new PointReader(new RecordLayout(List.of("amount"), null, null, "items"), PAYMENT);

    read(reader, payment(2, 1), point(1));
    read(reader, payment(null, 1), point(1));
    assertThat(reader.text()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      nullValues = "-",
      value = {
        "-         @ -    @ amont    @ there is no field 'amont'; did you mean 'amount'?",
        "-         @ -    @ id       @ the field 'id' is string and cannot be read as a number",
        "-         @ -    @ card.pan @ there is no field 'card.pan'",
        "amount    @ -    @ x        @ the field 'amount' is double and cannot be read as an array",
        "words     @ -    @ x        @ the field 'words' is an array of string, not of numbers",
        "embedding @ when @ x        @ there is no field 'when'",
        "embedding @ id   @ x        @ the field 'id' is string and cannot be read as a time (a long)",
      })
  void shouldSayWhatDoesNotFitTheSchema(
      @Nullable String array, @Nullable String time, String feature, String message) {
    assertThatThrownBy(() -> reader(array, time, feature))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("vectors.topic and model.features do not fit the record Payment: ")
        .hasMessageContaining(message);
  }

  private static void assertRefused(
      String reason, PointReader reader, GenericRecord record, FeaturePoint point) {
    assertThatThrownBy(() -> read(reader, record, point))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  /** As the job does: out of the record's bytes. */
  private static void read(PointReader reader, GenericRecord record, FeaturePoint point) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(PAYMENT).write(record, encoder);
      encoder.flush();
      AvroBody.read(reader, bytes.toByteArray(), 0).fill(point, RECORD_TIME_MS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PointReader reader(
      @Nullable String array, @Nullable String time, String... features) {
    return new PointReader(new RecordLayout(List.of(features), array, time, null), PAYMENT);
  }

  private static FeaturePoint point(int d) {
    FeaturePoint point = new FeaturePoint();
    point.values = new float[d];
    return point;
  }

  private static GenericRecord payment(@Nullable Integer items, double amount) {
    GenericData.Record card = new GenericData.Record(PAYMENT.getField("card").schema());
    card.put("age_days", 30L);
    return new GenericRecordBuilder(PAYMENT)
        .set("id", "p")
        .set("at", 1_234_999L)
        .set("amount", amount)
        .set("items", items)
        .set("card", card)
        .set("kind", new GenericData.EnumSymbol(PAYMENT.getField("kind").schema(), "CARD"))
        .set("embedding", Arrays.asList(1.5f, -2f))
        .set("doubles", Arrays.asList(1.5, -2.0))
        .set("words", List.of())
        .build();
  }
}
