package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroSerdeTest {
  private static final String TOPIC = "transactions";
  private static final Transaction TRANSACTION =
      new Transaction("t-1", Instant.ofEpochMilli(1_522_540_800_123L), "c-1", "m-1", 12.5);

  private final MockSchemaRegistryClient client = new MockSchemaRegistryClient();
  private final SchemaRegistry registry = new SchemaRegistry(client, Clock.systemUTC());
  private final AvroSerializer<Transaction> serializer =
      new AvroSerializer<>(registry, Transaction.class);
  private final AvroDeserializer<Transaction> deserializer =
      new AvroDeserializer<>(registry, Transaction.class);

  @Test
  void shouldReadBackWhatItWrote() {
    byte[] message = serializer.serialize(TOPIC, TRANSACTION);

    assertThat(message[0]).isZero();
    assertThat(deserializer.deserialize(TOPIC, message)).isEqualTo(TRANSACTION);
  }

  @Test
  void shouldPassNullThrough() {
    assertThat(serializer.serialize(TOPIC, null)).isNull();
    assertThat(deserializer.deserialize(TOPIC, null)).isNull();
  }

  @Test
  void shouldRegisterUnderTheTopicsValueSubjectWithFullCompatibility() throws Exception {
    serializer.serialize(TOPIC, TRANSACTION);

    assertThat(client.getAllSubjects()).containsExactly("transactions-value");
    assertThat(client.getCompatibility("transactions-value")).isEqualTo("FULL_TRANSITIVE");
  }

  @Test
  void shouldReadARecordOfANewerWriter() throws Exception {
    Schema newer = withExtraField(Transaction.getClassSchema());
    GenericRecord record =
        new GenericRecordBuilder(newer)
            .set("transaction_id", "t-1")
            .set("event_time", 1_522_540_800_123L)
            .set("customer_id", "c-1")
            .set("terminal_id", "m-1")
            .set("amount", 12.5)
            .set("channel", "web")
            .build();
    int id = client.register("transactions-value", new AvroSchema(newer));

    assertThat(deserializer.deserialize(TOPIC, message(id, newer, record))).isEqualTo(TRANSACTION);
  }

  @Test
  void shouldRefuseEveryTruncation() {
    byte[] message = serializer.serialize(TOPIC, TRANSACTION);

    for (int length = 0; length < message.length; length++) {
      byte[] truncated = Arrays.copyOf(message, length);
      assertThatThrownBy(() -> deserializer.deserialize(TOPIC, truncated))
          .as("%d of %d bytes", length, message.length)
          .isInstanceOf(UndecodableRecordException.class);
    }
  }

  @Test
  void shouldRefuseBytesAfterTheRecord() {
    byte[] message = serializer.serialize(TOPIC, TRANSACTION);

    assertThatThrownBy(
            () -> deserializer.deserialize(TOPIC, Arrays.copyOf(message, message.length + 1)))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("bytes are left");
  }

  @Test
  void shouldNameTheUnknownSchemaId() {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, new byte[] {0, 0, 0, 1, 2, 9}))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo("unknown-schema"))
        .hasMessageContaining("258");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"amount\": 12}", "\u0001abcdef", "hello"})
  void shouldSayThatTheMagicByteIsMissing(String text) {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("magic byte");
  }

  @Test
  void shouldRefuseARecordOfAnotherType() {
    byte[] label =
        new AvroSerializer<>(registry, Label.class)
            .serialize("labels", new Label("t-1", true, Instant.EPOCH, ""));

    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, label))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("io.shoal.schemas.avro.Transaction");
  }

  @Test
  void shouldBlameTheRegistryAndNotTheRecordWhenItDoesNotAnswer() {
    SchemaRegistry down = SchemaRegistry.at("http://127.0.0.1:1");

    assertThatThrownBy(() -> down.schema(1)).isInstanceOf(SchemaRegistryUnavailableException.class);
    assertThatThrownBy(
            () -> new AvroSerializer<>(down, Transaction.class).serialize(TOPIC, TRANSACTION))
        .isInstanceOf(SchemaRegistryUnavailableException.class);
  }

  private static Schema withExtraField(Schema schema) {
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record(schema.getName()).namespace(schema.getNamespace()).fields();
    for (Schema.Field field : schema.getFields()) {
      fields = fields.name(field.name()).type(field.schema()).noDefault();
    }
    return fields.name("channel").type().stringType().stringDefault("").endRecord();
  }

  private static byte[] message(int id, Schema schema, GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(WireFormat.header(id));
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  @Test
  void shouldReadAnyRecordWithTheSchemaThatItWasWrittenWith() {
    byte[] message = serializer.serialize(TOPIC, TRANSACTION);
    GenericAvroDeserializer generic = new GenericAvroDeserializer(registry);

    GenericRecord record = generic.deserialize(TOPIC, message);
    assertThat(record.getSchema()).isEqualTo(Transaction.getClassSchema());
    assertThat(record.get("amount")).isEqualTo(TRANSACTION.getAmount());
    assertThat(generic.deserialize(TOPIC, null)).isNull();
    for (int length = 0; length < message.length; length++) {
      byte[] cut = Arrays.copyOf(message, length);
      assertThatThrownBy(() -> generic.deserialize(TOPIC, cut))
          .isInstanceOf(UndecodableRecordException.class);
    }
    assertThatThrownBy(() -> generic.deserialize(TOPIC, Arrays.copyOf(message, message.length + 1)))
        .hasMessageContaining("bytes are left");
  }

  @Test
  void shouldWriteAnyRecordAndRegisterItsSchema() {
    GenericRecord record =
        new GenericAvroDeserializer(registry)
            .deserialize(TOPIC, serializer.serialize(TOPIC, TRANSACTION));
    GenericAvroSerializer generic =
        new GenericAvroSerializer(registry, Transaction.getClassSchema());

    byte[] message = generic.serialize("other", record);

    assertThat(deserializer.deserialize("other", message)).isEqualTo(TRANSACTION);
    assertThat(registry.latest("other-value")).contains(Transaction.getClassSchema());
    assertThat(generic.serialize("other", null)).isNull();
  }

  @Test
  void shouldKnowTheNewestSchemaOfASubject() {
    serializer.serialize(TOPIC, TRANSACTION);

    assertThat(registry.latest("transactions-value")).contains(Transaction.getClassSchema());
    assertThat(registry.latest("nothing-value")).isEmpty();
  }

  @Test
  void shouldRegisterBesideAnotherThatDoesSoAtTheSameMoment() {
    AtomicInteger conflicts = new AtomicInteger(1);
    MockSchemaRegistryClient contested =
        new MockSchemaRegistryClient() {
          @Override
          public synchronized int register(String subject, ParsedSchema schema)
              throws IOException, RestClientException {
            if (conflicts.getAndDecrement() > 0) {
              throw new RestClientException("already exists", 409, 409);
            }
            return super.register(subject, schema);
          }
        };
    SchemaRegistry beside = new SchemaRegistry(contested, Clock.systemUTC());

    assertThat(beside.register(TOPIC, Transaction.getClassSchema())).isPositive();
    conflicts.set(2);
    assertThatThrownBy(() -> beside.register("other", Transaction.getClassSchema()))
        .isInstanceOf(IncompatibleSchemaException.class);
  }

  @Test
  void shouldRequireCompatibilityBesideAnotherThatDoesSoAtTheSameMoment() throws Exception {
    AtomicInteger conflicts = new AtomicInteger(1);
    MockSchemaRegistryClient contested =
        new MockSchemaRegistryClient() {
          @Override
          public String updateCompatibility(String subject, String compatibility)
              throws IOException, RestClientException {
            if (conflicts.getAndDecrement() > 0) {
              throw new RestClientException("a rule already exists", 409, 0);
            }
            return super.updateCompatibility(subject, compatibility);
          }
        };
    new SchemaRegistry(contested, Clock.systemUTC()).register(TOPIC, Transaction.getClassSchema());

    assertThat(contested.getCompatibility("transactions-value")).isEqualTo("FULL_TRANSITIVE");
  }
}
