package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.features.definition.FeatureSetDefinition;
import java.time.Instant;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
  private static final FeatureSet FEATURES =
      new FeatureSet(
          FeatureSetDefinition.parse(
              """
              name: orders
              source: {topic: orders, id: order_id, event_time: at, event_time_unit: seconds}
              entities:
                buyer: {key: buyer}
              aggregates:
                shops: {entity: buyer, function: distinct, of: {field: shop.country}, windows: [1d]}
              features:
                - {name: total, value: {field: total}, resolution: 1, missing: -1}
                - {name: gift, value: {field: gift}, resolution: 1}
                - {name: bucket, value: {hash: {field: shop.country, buckets: 8}}, resolution: 1}
                - {name: shops_1d, resolution: 1}
                - {name: hour, value: {hour: {zone: Europe/Berlin}}, resolution: 1}
              """,
              "orders.yaml"));
  private static final Schema SHOP =
      SchemaBuilder.record("Shop").fields().optionalString("country").endRecord();

  private final Event event = FEATURES.newEvent();

  private static Schema order(Schema time) {
    return SchemaBuilder.record("Order")
        .fields()
        .requiredLong("order_id")
        .name("at")
        .type(time)
        .noDefault()
        .requiredString("buyer")
        .optionalDouble("total")
        .requiredBoolean("gift")
        .name("shop")
        .type()
        .optional()
        .type(SHOP)
        .endRecord();
  }

  private static GenericRecord record(Schema schema, Object time) {
    GenericRecord record = new GenericData.Record(schema);
    record.put("order_id", 7L);
    record.put("at", time);
    record.put("buyer", new Utf8("anna"));
    record.put("total", 12.5);
    record.put("gift", true);
    GenericRecord shop = new GenericData.Record(SHOP);
    shop.put("country", new Utf8("FR"));
    record.put("shop", shop);
    return record;
  }

  @Test
  void shouldReadAnyRecordThatHasTheFields() {
    Schema schema = order(Schema.create(Schema.Type.LONG));
    new RecordReader(FEATURES, schema).read(record(schema, 1_600_000_000L), event);

    assertThat(event.id).isEqualTo("7");
    assertThat(event.timeMs).isEqualTo(1_600_000_000_000L);
    assertThat(event.keys).containsExactly("anna");
    assertThat(FEATURES.numberFields()).containsExactly("total", "gift");
    assertThat(event.numbers).containsExactly(12.5, 1);
    assertThat(event.categories).containsExactly(Event.hash("FR"));
    float[] vector = new float[5];
    new FeatureReplay(FEATURES).process(event, vector);
    assertThat(vector)
        .containsExactly(12.5f, 1, Math.floorMod(Event.hash("FR"), 8), 1, 14); // 12:26 UTC
  }

  @Test
  void shouldKnowTheUnitsThatSchemasState() {
    Schema millis = LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
    Schema micros = LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
    Schema text = Schema.create(Schema.Type.STRING);

    assertThat(time(order(millis), 5_000L)).isEqualTo(5_000);
    assertThat(time(order(millis), Instant.ofEpochMilli(5_000))).isEqualTo(5_000);
    assertThat(time(order(micros), 5_000_999L)).isEqualTo(5_000);
    assertThat(time(order(text), new Utf8("1970-01-01T00:00:05Z"))).isEqualTo(5_000);
    assertThatThrownBy(() -> time(order(text), new Utf8("yesterday")))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage("at is yesterday, which is no time (ISO-8601)");
    assertThatThrownBy(() -> time(order(Schema.create(Schema.Type.LONG)), Long.MAX_VALUE))
        .isInstanceOf(InvalidEventException.class);
  }

  private long time(Schema schema, Object time) {
    new RecordReader(FEATURES, schema).read(record(schema, time), event);
    return event.timeMs;
  }

  @Test
  void shouldTakeNullForMissing() {
    Schema schema = order(Schema.create(Schema.Type.LONG));
    GenericRecord record = record(schema, 1L);
    record.put("total", null);
    record.put("shop", null);
    new RecordReader(FEATURES, schema).read(record, event);

    assertThat(event.numbers[0]).isNaN();
    assertThat(event.categories).containsExactly(0);
    float[] vector = new float[5];
    new FeatureReplay(FEATURES).process(event, vector);
    assertThat(vector).containsExactly(-1, 1, 0, 0, 1);
  }

  @Test
  void shouldRefuseWhatCannotBeUsed() {
    Schema schema = order(Schema.create(Schema.Type.LONG));
    RecordReader reader = new RecordReader(FEATURES, schema);
    GenericRecord record = record(schema, 1L);
    record.put("total", Double.NaN);
    assertThatThrownBy(() -> reader.read(record, event))
        .isInstanceOf(InvalidEventException.class)
        .hasMessage("total is NaN, it must be a finite number");
    record.put("buyer", new Utf8(""));
    assertThatThrownBy(() -> reader.read(record, event)).hasMessage("buyer is empty");

    record.put("total", 1.0);
    record.put("buyer", "x".repeat(RecordReader.WORD_LENGTH_MAX));
    reader.read(record, event);
    record.put("buyer", "x".repeat(RecordReader.WORD_LENGTH_MAX + 1));
    assertThatThrownBy(() -> reader.read(record, event))
        .hasMessage("buyer has 1,025 characters, at most 1,024 are possible");
  }

  @Test
  void shouldSayWhatOfTheSchemaDoesNotFit() {
    Schema schema =
        SchemaBuilder.record("Order")
            .fields()
            .requiredDouble("order_id")
            .requiredString("att")
            .requiredString("buyer")
            .requiredString("total")
            .requiredBoolean("gift")
            .requiredString("shop")
            .endRecord();

    assertThatThrownBy(() -> new RecordReader(FEATURES, schema))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "the feature set orders does not fit the record Order: "
                + "the field 'order_id' is double and cannot be read as an id; "
                + "there is no field 'at'; did you mean 'att'?; "
                + "the field 'total' is string and cannot be read as a number; "
                + "'shop.country': string is no record");
  }
}
