package io.shoal.cli.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.cli.init.Columns;
import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.RecordReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class InventedEventsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final FeatureSet ORDERS = FeatureSet.load(Path.of("../docs/examples/orders.yaml"));
  private static final Schema SCHEMA = Columns.schema(Path.of("../docs/examples/order.avsc"));

  @Test
  void shouldMakeRecordsThatTheFeaturesRead() {
    InventedEvents events = new InventedEvents(ORDERS, SCHEMA, CLOCK, 1);
    RecordReader reader = new RecordReader(ORDERS, SCHEMA);
    Event event = ORDERS.newEvent();
    long lastMs = NOW.minus(InventedEvents.PAST).toEpochMilli();

    for (int i = 0; i < 5_000; i++) {
      assertThat(events.next()).isTrue();
      GenericRecord record = events.record();
      assertThat(GenericData.get().validate(SCHEMA, record)).isTrue();
      reader.read(record, event);
      assertThat(event.timeMs).isBetween(lastMs, NOW.toEpochMilli());
      lastMs = event.timeMs;
    }
  }

  @Test
  void shouldReachThePresentAndStayThere() {
    InventedEvents events = new InventedEvents(ORDERS, SCHEMA, CLOCK, 1);
    for (int i = 0; i < 200_000; i++) {
      assertThat(events.next()).isTrue();
    }

    assertThat(events.record().get(ORDERS.source().eventTime())).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void shouldMakeTheSameOfTheSameSeed() {
    InventedEvents one = new InventedEvents(ORDERS, SCHEMA, CLOCK, 7);
    InventedEvents same = new InventedEvents(ORDERS, SCHEMA, CLOCK, 7);
    for (int i = 0; i < 100; i++) {
      assertThat(one.next()).isEqualTo(same.next());
      assertThat(one.record()).isEqualTo(same.record());
    }
  }

  @Test
  void shouldMakeFraudsOfUnusualAmounts() {
    InventedEvents events = new InventedEvents(ORDERS, SCHEMA, CLOCK, 1);
    double[] sums = new double[2];
    int[] counts = new int[2];
    for (int i = 0; i < 20_000; i++) {
      assertThat(events.next()).isTrue();
      int kind = events.fraud() ? 1 : 0;
      sums[kind] += (double) events.record().get("total");
      counts[kind]++;
    }

    assertThat(counts[1]).isBetween(40, 120);
    assertThat(sums[1] / counts[1]).isGreaterThan(5 * sums[0] / counts[0]);
  }

  @Test
  void shouldSayForWhichFieldNothingCanBeMadeUp() {
    Schema bytes =
        SchemaBuilder.record("Order")
            .fields()
            .requiredString("order_id")
            .requiredBytes("body")
            .endRecord();

    assertThatThrownBy(() -> new InventedEvents(ORDERS, bytes, CLOCK, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("field 'body' of the type BYTES");
  }
}
