package io.shoal.cli.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.cli.init.Column;
import io.shoal.cli.init.Columns;
import io.shoal.cli.init.PipelineDraft;
import io.shoal.cli.init.Roles;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.local.demo.Pace;
import io.shoal.local.demo.Ticker;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventSenderTest {
  private static final String PAYMENTS =
      """
      payment_id,time,card_id,amount,fraud
      p1,2024-05-01,c1,10,0
      p2,2024-05-02,c2,900,1
      p3,2024-05-03,c1,much,0
      p4,2024-05-08,c1,11,0
      p5,2024-05-10,c1,12,1
      """;

  @TempDir Path folder;
  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private Path file = Path.of("");
  private Schema schema;
  private EventSender sender;

  @BeforeEach
  void draftPipeline() throws IOException {
    file = Files.writeString(folder.resolve("payments.csv"), PAYMENTS);
    // The sample of the draft knows no 'much'.
    Path sample = Files.writeString(folder.resolve("sample.csv"), PAYMENTS.replace("much", "1"));
    List<Column> columns = Columns.ofCsv(sample);
    Roles roles =
        new Roles("payment_id", "time", List.of("card_id"), List.of("amount"), List.of(), "fraud");
    PipelineDraft draft = new PipelineDraft("payments", "sample.csv", columns, roles, null);
    draft.write(folder.resolve("payments"), false);
    schema = draft.avro();
    sender =
        new EventSender(
            FeatureSet.load(folder.resolve("payments/features.yaml")),
            schema,
            new Topics("payments."),
            registry,
            producer,
            Duration.ofDays(7));
  }

  @Test
  void shouldSendRowsUnderTheirFirstEntity() {
    send("fraud", Long.MAX_VALUE);

    List<ProducerRecord<String, byte[]>> events = to("payments.payments");
    assertThat(events).extracting(ProducerRecord::key).containsExactly("c1", "c2", "c1", "c1");
    GenericRecord second =
        new GenericAvroDeserializer(registry).deserialize("", events.get(1).value());
    assertThat(second.get("amount")).isEqualTo(900.0);
    assertThat(second.get("time")).isEqualTo(Instant.parse("2024-05-02T00:00:00Z").toEpochMilli());
    assertThat(second.getSchema().getField("fraud")).isNull();
  }

  @Test
  void shouldTellAFraudWhenItsTimeHasCome() {
    send("fraud", Long.MAX_VALUE);

    assertThat(to("payments.labels"))
        .singleElement()
        .satisfies(
            record -> {
              Label label =
                  new AvroDeserializer<>(registry, Label.class).deserialize("", record.value());
              assertThat(label.getTransactionId()).isEqualTo("p2");
              assertThat(label.getFraud()).isTrue();
              assertThat(label.getKnownAt()).isEqualTo(Instant.parse("2024-05-09T00:00:00Z"));
            });
    assertThat(sender.labelled()).isEqualTo(1);
    assertThat(sender.unknown()).as("known a week after the last event").isEqualTo(1);
  }

  @Test
  void shouldLeaveOutWhatIsNoEvent() {
    send(null, Long.MAX_VALUE);

    assertThat(sender.sent()).isEqualTo(4);
    assertThat(sender.leftOut()).isEqualTo(1);
    assertThat(sender.complaints())
        .containsExactly(file + ":4: amount is 'much', it must be a number, with a point");
    assertThat(to("payments.labels")).isEmpty();
  }

  @Test
  void shouldSendNoMoreThanAsked() {
    send(null, 2);

    assertThat(to("payments.payments")).hasSize(2);
  }

  @Test
  void shouldSayWhichColumnOfLabelsIsMissing() {
    assertThatThrownBy(() -> send("frauds", 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no column 'frauds'");
  }

  private void send(@Nullable String label, long limit) {
    FeatureSet features = FeatureSet.load(folder.resolve("payments/features.yaml"));
    try (Events events = FileEvents.open(file, features, schema, label)) {
      sender.send(
          events,
          limit,
          new Pace(Double.POSITIVE_INFINITY, Ticker.SYSTEM),
          () -> false,
          (share, sent) -> {});
    }
  }

  private List<ProducerRecord<String, byte[]>> to(String topic) {
    return producer.history().stream().filter(record -> record.topic().equals(topic)).toList();
  }
}
