package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.local.traffic.CsvTransactions;
import io.shoal.local.traffic.LabelSchedule;
import io.shoal.local.traffic.TransactionSource;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeederTest {
  private static final String FILE =
      """
      transaction_id,event_time,customer_id,terminal_id,amount,fraud
      1,2018-04-01T00:00:00Z,c1,t1,1,1
      2,2018-04-01T23:59:59Z,c2,t2,2,0
      broken
      3,2018-04-02T00:00:00Z,c3,t3,3,0
      4,2018-04-01T12:00:00Z,c4,t4,4,1
      5,2018-04-03T00:00:00Z,c5,t5,5,0
      """;

  @TempDir Path dir;

  private final MutableClock clock = new MutableClock();
  private final Topics topics = new Topics("x.");
  private final MockProducer<String, SpecificRecord> producer = producer(true);
  private int checkpoints;

  @Test
  void shouldSendTransactionsKeyedByCustomerAtTheWallClock() throws IOException {
    Feeder feeder = feeder(DemoOptions.NO_LIMIT, 1, new InFlight(100));
    feeder.run();
    List<ProducerRecord<String, SpecificRecord>> sent = sent("x.transactions");
    assertThat(sent).extracting(ProducerRecord::key).containsExactly("c1", "c2", "c3", "c4", "c5");
    assertThat(sent.get(0).value())
        .isEqualTo(new Transaction("1", Instant.parse("2018-04-01T00:00:00Z"), "c1", "t1", 1.0));
    // One record a second, the malformed line included.
    assertThat(sent)
        .extracting(r -> (r.timestamp() - sent.get(0).timestamp()) / 1_000)
        .containsExactly(0L, 1L, 3L, 4L, 5L);
    assertThat(feeder.transactions()).isEqualTo(5);
    assertThat(feeder.done()).isTrue();
    assertThat(feeder.failure()).isNull();
    assertThat(feeder.firstEventTime()).isEqualTo(Instant.parse("2018-04-01T00:00:00Z"));
    assertThat(feeder.lastEventTime()).isEqualTo(Instant.parse("2018-04-03T00:00:00Z"));
  }

  @Test
  void shouldSendFraudLabelsOnceTheirDelayIsOverByTheEventClock() throws IOException {
    Feeder feeder = feeder(DemoOptions.NO_LIMIT, DemoOptions.MAX_RATE, new InFlight(100));
    feeder.run();
    assertThat(producer.history())
        .filteredOn(r -> !r.topic().equals("x.dead-letters"))
        .extracting(FeederTest::idOf)
        .containsExactly("t1", "t2", "label 1", "t3", "t4", "label 4", "t5");
    ProducerRecord<String, SpecificRecord> label = sent("x.labels").get(0);
    assertThat(label.key()).isEqualTo("1");
    assertThat(label.value())
        .isEqualTo(new Label("1", true, Instant.parse("2018-04-02T00:00:00Z"), "chargeback"));
    assertThat(feeder.labels()).isEqualTo(2);
  }

  @Test
  void shouldSendMalformedLinesAsDeadLetters() throws IOException {
    feeder(DemoOptions.NO_LIMIT, DemoOptions.MAX_RATE, new InFlight(100)).run();
    assertThat(sent("x.dead-letters")).hasSize(1);
    ProducerRecord<String, SpecificRecord> record = sent("x.dead-letters").get(0);
    assertThat(record.key()).isNull();
    assertThat(record.value())
        .isEqualTo(
            new DeadLetter(
                "malformed-line",
                "in.csv line 4: the line has 1 fields, the header has 6",
                null,
                "in.csv",
                -1,
                4L,
                clock.instant(),
                null,
                ByteBuffer.wrap("broken".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void shouldStopAtItsLimit() throws IOException {
    Feeder feeder = feeder(2, DemoOptions.MAX_RATE, new InFlight(100));
    feeder.run();
    assertThat(producer.history()).hasSize(2);
    assertThat(feeder.transactions()).isEqualTo(2);
    assertThat(checkpoints).isEqualTo(1);
  }

  @Test
  void shouldKeepItsPositionAboutOnceASecondAndAtTheEnd() throws IOException {
    feeder(DemoOptions.NO_LIMIT, 2, new InFlight(100)).run();
    assertThat(checkpoints).isEqualTo(2 + 1);
  }

  @Test
  void shouldWaitWhileTooManyAreInFlightAndGoOnWhenAnswered() throws Exception {
    InFlight inFlight = new InFlight(2);
    Feeder feeder = feeder(DemoOptions.NO_LIMIT, DemoOptions.MAX_RATE, inFlight);
    Thread thread = new Thread(feeder);
    thread.start();
    for (int id = 1; id <= 5; id++) {
      String next = String.valueOf(id);
      await().pollInterval(Duration.ofMillis(1)).until(() -> inFlight.remove(next));
      assertThat(feeder.transactions()).isLessThanOrEqualTo(id + 2);
    }
    thread.join(30_000);
    assertThat(feeder.done()).isTrue();
    assertThat(inFlight.size()).isZero();
  }

  @Test
  void shouldStopWhileItWaitsWithoutTakingWhatItDoesNotSend() throws Exception {
    InFlight inFlight = new InFlight(2);
    CsvTransactions source = source();
    Feeder feeder = feeder(source, DemoOptions.NO_LIMIT, DemoOptions.MAX_RATE, inFlight);
    Thread thread = new Thread(feeder);
    thread.start();
    await().until(() -> inFlight.size() == 2);
    feeder.stop();
    thread.join(30_000);
    assertThat(feeder.done()).isTrue();
    assertThat(feeder.failure()).isNull();
    assertThat(source.next()).isEqualTo(TransactionSource.Item.MALFORMED);
  }

  @Test
  void shouldEndWithTheProducersFailure() throws IOException {
    MockProducer<String, SpecificRecord> failing = producer(false);
    Feeder feeder =
        new Feeder(
            source(),
            DemoOptions.NO_LIMIT,
            new Pace(1, clock),
            new LabelSchedule(Duration.ofDays(1)),
            new InFlight(100),
            failing,
            topics,
            clock,
            () -> failing.errorNext(new TimeoutException("no broker")));
    feeder.run();
    assertThat(feeder.failure()).isInstanceOf(TimeoutException.class).hasMessage("no broker");
    assertThat(failing.history()).hasSize(2);
    assertThat(feeder.done()).isTrue();
  }

  private Feeder feeder(long limit, double rate, InFlight inFlight) throws IOException {
    return feeder(source(), limit, rate, inFlight);
  }

  private Feeder feeder(TransactionSource source, long limit, double rate, InFlight inFlight) {
    return new Feeder(
        source,
        limit,
        new Pace(rate, clock),
        new LabelSchedule(Duration.ofDays(1)),
        inFlight,
        producer,
        topics,
        clock,
        () -> checkpoints++);
  }

  private CsvTransactions source() throws IOException {
    return new CsvTransactions(Files.writeString(dir.resolve("in.csv"), FILE));
  }

  private List<ProducerRecord<String, SpecificRecord>> sent(String topic) {
    return producer.history().stream().filter(r -> r.topic().equals(topic)).toList();
  }

  private static String idOf(ProducerRecord<String, SpecificRecord> record) {
    return record.value() instanceof Label label
        ? "label " + label.getTransactionId()
        : "t" + ((Transaction) record.value()).getTransactionId();
  }

  private static MockProducer<String, SpecificRecord> producer(boolean autoComplete) {
    return new MockProducer<>(
        autoComplete,
        new RoundRobinPartitioner(),
        new StringSerializer(),
        (topic, value) -> new byte[0]);
  }
}
