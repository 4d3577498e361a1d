package io.shoal.console.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.console.store.ConsoleDatabase;
import io.shoal.console.store.PredictionRow;
import io.shoal.console.store.Predictions;
import io.shoal.console.store.Writer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamReaderTest {
  private static final Topics TOPICS = new Topics("");
  private static final TopicPartition PARTITION = new TopicPartition(TOPICS.predictions(), 0);
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  private final SchemaRegistry schemas = new SchemaRegistry(new MockSchemaRegistryClient(), CLOCK);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final Live live = new Live();
  private ConsoleDatabase database;

  @BeforeEach
  void open() {
    database = new ConsoleDatabase(null);
    consumer.updatePartitions(
        TOPICS.predictions(),
        List.of(
            new PartitionInfo(TOPICS.predictions(), 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void shouldListAndMeasureWhatItReads() throws Exception {
    StreamReader reader = reader(10);
    reader.work();
    consumer.addRecord(record(0, value("a", Decision.REVIEW)));
    consumer.addRecord(record(1, "no avro".getBytes(StandardCharsets.UTF_8)));
    consumer.addRecord(record(2, value("b", Decision.PASS)));
    reader.work();

    assertThat(new Predictions(database.jdbi()).find("a")).isPresent();
    assertThat(new Predictions(database.jdbi()).find("b")).isPresent();
    Live.Now now = live.now(CLOCK.millis());
    assertThat(now.read()).isEqualTo(2);
    assertThat(now.reviews()).isEqualTo(1);
    assertThat(now.p50()).isBetween(400.0, 600.0);
    assertThat(now.caughtUp()).isTrue();
  }

  @Test
  void shouldListAllReviewsAndOfTheOthersSoManyInASecond() throws Exception {
    StreamReader reader = reader(3);
    reader.work();
    for (int i = 0; i < 20; i++) {
      consumer.addRecord(record(i, value("t" + i, i < 15 ? Decision.PASS : Decision.REVIEW)));
    }
    reader.work();

    assertThat(new Predictions(database.jdbi()).count()).isEqualTo(3 + 5);
    assertThat(live.now(CLOCK.millis()).read()).isEqualTo(20);
  }

  @Test
  void shouldGoOnAfterWhatItHasWritten() throws Exception {
    StreamReader first = reader(10);
    first.work();
    consumer.addRecord(record(0, value("a", Decision.PASS)));
    first.work();
    consumer.updateEndOffsets(Map.of(PARTITION, 1L));
    consumer.assign(List.of());

    reader(10).work();

    assertThat(consumer.position(PARTITION)).isEqualTo(1);
  }

  @Test
  void shouldReadAgainWhatCouldNotBeWritten() throws Exception {
    StreamReader reader = reader(10);
    reader.work();
    database.jdbi().useHandle(handle -> handle.execute("alter table prediction rename to away"));
    consumer.addRecord(record(0, value("a", Decision.PASS)));
    assertThatThrownBy(reader::work).isInstanceOf(RuntimeException.class);

    assertThat(consumer.position(PARTITION)).isZero();
    assertThat(new Writer(database.jdbi(), 10).positions()).isEmpty();
  }

  @Test
  void shouldForgetWhatWasReadFromTopicsThatWereMadeAnew() throws Exception {
    StreamReader first = reader(10);
    first.work();
    consumer.addRecord(record(0, value("old", Decision.PASS)));
    first.work();
    consumer.assign(List.of());

    // The end lies before where it stood.
    reader(10).work();

    assertThat(new Predictions(database.jdbi()).find("old").map(PredictionRow::id))
        .isEqualTo(Optional.empty());
    assertThat(consumer.position(PARTITION)).isZero();
  }

  private StreamReader reader(int rowsPerSecond) {
    return new StreamReader(
        consumer,
        schemas,
        TOPICS,
        new Writer(database.jdbi(), 1_000),
        live,
        1_000,
        rowsPerSecond,
        CLOCK);
  }

  private byte[] value(String id, Decision decision) {
    Prediction prediction =
        new Prediction(
            id,
            Instant.parse("2018-04-01T10:00:00Z"),
            "ann",
            0.5,
            null,
            decision,
            null,
            1,
            1f,
            List.of(),
            "default",
            3L,
            "f",
            "transactions",
            0,
            7L);
    return new AvroSerializer<>(schemas, Prediction.class)
        .serialize(TOPICS.predictions(), prediction);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
    return new ConsumerRecord<>(
        TOPICS.predictions(),
        0,
        offset,
        CLOCK.millis() - 500,
        TimestampType.CREATE_TIME,
        0,
        value.length,
        new byte[0],
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
