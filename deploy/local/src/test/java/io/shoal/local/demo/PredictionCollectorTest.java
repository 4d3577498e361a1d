package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.replay.PredictionsFile;
import io.shoal.schemas.Topics;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionCollectorTest {
  private static final Instant EVENT_TIME = Instant.parse("2018-04-01T00:00:31Z");
  private static final TopicPartition P0 = new TopicPartition("predictions", 0);
  private static final TopicPartition P1 = new TopicPartition("predictions", 1);
  private static final TopicPartition DEAD = new TopicPartition("dead-letters", 0);
  private static final long OLD_END = 100;

  @TempDir Path dir;

  private final MutableClock clock = new MutableClock();
  private final InFlight inFlight = new InFlight(100);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final long[] nextOffset = {OLD_END, OLD_END, OLD_END};
  private PredictionCollector collector;
  private Path file;

  @BeforeEach
  void assign() {
    consumer.updatePartitions("predictions", List.of(info(P0), info(P1)));
    consumer.updatePartitions("dead-letters", List.of(info(DEAD)));
    consumer.updateEndOffsets(Map.of(P0, OLD_END, P1, OLD_END, DEAD, OLD_END));
    file = dir.resolve("out.csv");
    collector =
        new PredictionCollector(
            consumer,
            new Decoders(
                decoder(Prediction::fromByteBuffer),
                decoder(DeadLetter::fromByteBuffer),
                decoder(Transaction::fromByteBuffer)),
            new Topics(""),
            inFlight,
            new PredictionsFile(file),
            clock);
    collector.assignFromEnd();
  }

  @Test
  void shouldBeginAtTheEndOfBothTopics() {
    assertThat(consumer.assignment()).containsExactlyInAnyOrder(P0, P1, DEAD);
    assertThat(consumer.position(P1)).isEqualTo(OLD_END);
    assertThat(consumer.position(DEAD)).isEqualTo(OLD_END);
  }

  @Test
  void shouldMeasureFromTheRecordsTimestamp() {
    inFlight.add("a");
    inFlight.add("b");
    long sentMs = clock.millis();
    clock.advanceMs(40);
    predicted(P0, sentMs, scored("a", 0));
    poll();
    clock.advanceMs(40);
    predicted(P1, sentMs, scored("b", 0));
    poll();
    assertThat(collector.answers().latencyTotal()).isEqualTo(new LatencyMs(2, 40, 80, 80));
    assertThat(collector.answers().lastMs()).isEqualTo(clock.millis());
    assertThat(collector.answers().latency()).isEqualTo(LatencyMs.NONE);
    clock.advanceMs(1_000);
    poll();
    assertThat(collector.answers().latency().count()).isEqualTo(2);
  }

  @Test
  void shouldTakeAnsweredTransactionsOutOfFlight() {
    inFlight.add("a");
    inFlight.add("b");
    inFlight.add("c");
    predicted(P0, scored("a", 0));
    predicted(P0, unscored("b", 1));
    poll();
    Answers answers = collector.answers();
    assertThat(inFlight.size()).isEqualTo(1);
    assertThat(answers.predictions()).isEqualTo(2);
    assertThat(answers.scored()).isEqualTo(1);
    assertThat(answers.unscored()).isEqualTo(1);
    assertThat(answers.duplicates()).isZero();
    assertThat(answers.foreign()).isZero();
  }

  @Test
  void shouldTellDuplicatesFromTransactionsOfOthers() {
    inFlight.add("a");
    inFlight.add("b");
    predicted(P0, scored("a", 7));
    predicted(P0, scored("b", 9));
    predicted(P0, scored("a", 7));
    predicted(P0, scored("b", 9));
    predicted(P0, scored("other", 8));
    predicted(P0, scored("stranger", 10));
    predicted(P1, scored("stranger 2", 7));
    poll();
    Answers answers = collector.answers();
    assertThat(answers.predictions()).isEqualTo(2);
    assertThat(answers.duplicates()).isEqualTo(3);
    assertThat(answers.foreign()).isEqualTo(2);
    assertThat(answers.latencyTotal().count()).isEqualTo(2);
  }

  @Test
  void shouldAnswerAnIdTwiceThatWasSentTwice() {
    inFlight.add("a");
    inFlight.add("a");
    predicted(P0, scored("a", 0));
    predicted(P0, scored("a", 1));
    poll();
    assertThat(collector.answers().predictions()).isEqualTo(2);
    assertThat(inFlight.size()).isZero();
  }

  @Test
  void shouldKeepTheLastAlertsWithTheirReasons() {
    for (int i = 0; i < 10; i++) {
      inFlight.add("t" + i);
      Prediction alert = scored("t" + i, i);
      alert.setDecision(Decision.REVIEW);
      alert.setReason("score above 0.999");
      alert.setContributions(List.of(new Contribution("amount", 900f, .8f)));
      predicted(P0, alert);
    }
    poll();
    assertThat(collector.answers().alerts()).isEqualTo(10);
    assertThat(collector.answers().lastAlerts())
        .hasSize(8)
        .startsWith(
            new DemoAlert(
                "t9",
                EVENT_TIME,
                "c",
                .5,
                null,
                "score above 0.999",
                1L,
                List.of(new DemoAlert.Cause("amount", 900f, .8f))));
    assertThat(collector.answers().lastAlerts().get(7).transactionId()).isEqualTo("t2");
  }

  @Test
  void shouldNoteWhenNewerVersionFirstDecided() {
    inFlight.add("a");
    predicted(P0, unscored("a", 0));
    poll();
    assertThat(collector.answers().modelVersion()).isNull();
    assertThat(collector.answers().modelSwappedInAt()).isNull();
    Instant first = decided(1, 1);
    assertThat(collector.answers().modelSwappedInAt()).isEqualTo(first);
    Instant third = decided(2, 3);
    decided(3, 3);
    decided(4, 1);
    assertThat(collector.answers().modelVersion()).isEqualTo(3);
    assertThat(collector.answers().modelSwappedInAt()).isEqualTo(third);
    assertThat(collector.answers().versions()).isEqualTo(2);
  }

  @Test
  void shouldCountDeadLettersByReasonAndKeepTheLastMessages() {
    for (int i = 0; i < 5; i++) {
      refused("malformed-line", "in.csv line " + i, "in.csv", null);
    }
    refused("undecodable", "no magic byte", "transactions", bytes("garbage"));
    poll();
    assertThat(collector.answers().deadLetters()).isEqualTo(6);
    assertThat(collector.answers().deadLettersByReason())
        .isEqualTo(Map.of("malformed-line", 5L, "undecodable", 1L));
    assertThat(collector.answers().lastDeadLetters())
        .containsExactly(
            "undecodable: no magic byte",
            "malformed-line: in.csv line 4",
            "malformed-line: in.csv line 3",
            "malformed-line: in.csv line 2");
  }

  @Test
  void shouldKeepABoundedNumberOfReasons() {
    for (int i = 0; i < PredictionCollector.REASONS_MAX + 10; i++) {
      refused("reason " + i, "m", "s", null);
    }
    refused("reason 3", "m", "s", null);
    poll();
    assertThat(collector.answers().deadLettersByReason())
        .hasSize(PredictionCollector.REASONS_MAX + 1)
        .containsEntry("reason 3", 2L)
        .containsEntry("other", 10L);
  }

  @Test
  void shouldNotAwaitTransactionThatThePipelineRefused() throws IOException {
    inFlight.add("a");
    inFlight.add("b");
    Transaction refused = new Transaction("a", EVENT_TIME, "c", "t", 1.0);
    refused("invalid-value", "amount is negative", "transactions", refused.toByteBuffer());
    poll();
    assertThat(collector.answers().refused()).isEqualTo(1);
    assertThat(inFlight.size()).isEqualTo(1);
  }

  @Test
  void shouldGoOnAfterUnreadablePredictions() {
    inFlight.add("a");
    add(P0, clock.millis(), new byte[] {1, 2, 3});
    add(P0, clock.millis(), null);
    predicted(P0, withSourcePartition(scored("a", 0), -1));
    predicted(P0, withSourcePartition(scored("a", 0), Integer.MAX_VALUE));
    add(DEAD, clock.millis(), new byte[] {1, 2, 3});
    predicted(P0, scored("a", 0));
    poll();
    assertThat(collector.answers().predictions()).isEqualTo(1);
    assertThat(collector.answers().deadLetters()).isZero();
  }

  @Test
  void shouldKnowWhenTheMarkedEndIsReached() {
    collector.markEnd();
    assertThat(collector.reachedEnd()).isTrue();
    predicted(P1, scored("a", 0));
    consumer.updateEndOffsets(Map.of(P1, OLD_END + 1));
    assertThat(collector.reachedEnd()).isTrue();
    collector.markEnd();
    assertThat(collector.reachedEnd()).isFalse();
    poll();
    assertThat(collector.reachedEnd()).isTrue();
  }

  @Test
  void shouldWriteEveryPredictionToTheFile() throws IOException {
    inFlight.add("a");
    predicted(P0, scored("a", 0));
    predicted(P0, scored("a", 0));
    poll();
    collector.close();
    assertThat(Files.readAllLines(file)).hasSize(3);
    assertThat(consumer.closed()).isTrue();
  }

  private Instant decided(long sourceOffset, long version) {
    clock.advanceMs(10);
    Prediction prediction = scored("x", sourceOffset);
    prediction.setModelVersion(version);
    predicted(P0, prediction);
    poll();
    return clock.instant();
  }

  private void poll() {
    collector.poll(Duration.ZERO);
  }

  private void predicted(TopicPartition partition, Prediction prediction) {
    predicted(partition, clock.millis(), prediction);
  }

  private void predicted(TopicPartition partition, long sentMs, Prediction prediction) {
    try {
      add(partition, sentMs, prediction.toByteBuffer().array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void refused(String reason, String message, String source, ByteBuffer value) {
    DeadLetter letter =
        new DeadLetter(reason, message, null, source, 0, 1L, EVENT_TIME, null, value);
    try {
      add(DEAD, clock.millis(), letter.toByteBuffer().array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(TopicPartition partition, long timestampMs, byte[] value) {
    int place = List.of(P0, P1, DEAD).indexOf(partition);
    consumer.addRecord(
        new ConsumerRecord<>(
            partition.topic(),
            partition.partition(),
            nextOffset[place]++,
            timestampMs,
            TimestampType.CREATE_TIME,
            0,
            0,
            null,
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private static Prediction scored(String id, long sourceOffset) {
    Prediction prediction = unscored(id, sourceOffset);
    prediction.setScore(.5);
    prediction.setDecision(Decision.PASS);
    prediction.setModelVersion(1L);
    return prediction;
  }

  private static Prediction unscored(String id, long sourceOffset) {
    return Prediction.newBuilder()
        .setTransactionId(id)
        .setEventTime(EVENT_TIME)
        .setEntityId("c")
        .setFingerprint("f")
        .setSourceTopic("transactions")
        .setSourcePartition(0)
        .setSourceOffset(sourceOffset)
        .build();
  }

  private static Prediction withSourcePartition(Prediction prediction, int partition) {
    prediction.setSourcePartition(partition);
    return prediction;
  }

  private static PartitionInfo info(TopicPartition partition) {
    return new PartitionInfo(partition.topic(), partition.partition(), null, null, null);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private interface Reader<T> {
    T read(ByteBuffer bytes) throws IOException;
  }

  private static <T> Deserializer<T> decoder(Reader<T> reader) {
    return (topic, value) -> {
      try {
        return value == null ? null : reader.read(ByteBuffer.wrap(value));
      } catch (IOException | RuntimeException e) {
        throw new UndecodableRecordException("undecodable", "not readable", e);
      }
    };
  }
}
