package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.InvalidEventException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final int PARTITIONS = 4;
  private static final long NOW_MS = 1_522_540_800_000L;

  private final CommitStore store = CommitStore.builder("outbox").withLoggingDisabled().build();
  private final List<Sent> sent = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();

  private record Sent(String sink, String partition, String key, String value) {}

  @BeforeEach
  void openStore() {
    store.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), store);
  }

  @Test
  void shouldSendEntriesOfAPartitionInTheirOrder() {
    Outbox outbox = outbox();
    add(outbox, 0, "m-1", "first");
    add(outbox, 0, "m-1", "second");
    outbox.flush();

    assertThat(sent).extracting(Sent::value).containsExactly("first", "second");
    assertThat(sent).extracting(Sent::partition).allMatch(sent.get(0).partition()::equals);
  }

  @Test
  void shouldSendAnEntryWhereAProducerWould() {
    Outbox outbox = outbox();
    add(outbox, 0, "anna", "x");
    outbox.flush();

    assertThat(sent)
        .containsExactly(new Sent("secondary", Integer.toString(partition("anna")), "anna", "x"));
  }

  @Test
  void shouldSendAllTargetsInTheirOrderWhateverWasAddedFirst() {
    Outbox outbox = outbox();
    add(outbox, 1, "t-1", "scored");
    add(outbox, 0, "m-1", "event");
    outbox.flush();

    assertThat(sent).extracting(Sent::sink).containsExactly("secondary", "scored");
  }

  @Test
  void shouldSendWhenEnoughIsPending() {
    Outbox outbox = outbox();
    int added = 0;
    while (sent.isEmpty() && added < 10_000) {
      add(outbox, 0, "m-" + added, "event");
      add(outbox, 1, "t-" + added, "scored");
      outbox.flushIfFull();
      added++;
    }

    assertThat(sent).hasSize(2 * added);
    assertThat(added).isEqualTo(16 * PARTITIONS);
  }

  @Test
  void shouldSendNothingTwice() {
    Outbox outbox = outbox();
    add(outbox, 0, "m-1", "event");
    outbox.flush();
    outbox.flush();
    commit();
    outbox().flush();

    assertThat(sent).hasSize(1);
  }

  @Test
  void shouldForgetAtTheNextCommitWhatWasPendingAtTheOneBefore() {
    Outbox outbox = outbox();
    add(outbox, 0, "m-1", "event");
    commit();
    assertThat(store.content().approximateNumEntries()).isEqualTo(1);

    outbox.flush();
    commit();
    assertThat(store.content().approximateNumEntries()).isZero();
  }

  @Test
  void shouldLeaveToTheNextInstanceWhatWasAtTheLastCommit() {
    Outbox outbox = outbox();
    add(outbox, 0, "m-1", "before the commit");
    commit();
    add(outbox, 0, "m-1", "after it");
    outbox().flush();

    assertThat(sent).extracting(Sent::value).containsExactly("before the commit");
  }

  @Test
  void shouldGoOnWithWhatAnotherInstanceLeftPending() {
    add(outbox(), 0, "m-1", "of before");
    commit();
    Outbox successor = outbox();
    add(successor, 0, "m-1", "of now");
    successor.flush();

    assertThat(sent).extracting(Sent::value).containsExactly("of before", "of now");
  }

  @Test
  void shouldNotSendWhatWasLeftPendingAsIfItWereOf1970() {
    add(outbox(), 0, "m-1", "of before");
    commit();
    outbox().flush();

    assertThat(times).containsExactly(NOW_MS);
  }

  @Test
  void shouldReadARecordThatIsNoPackAsOneEntry() {
    List<String> keys = new ArrayList<>();
    Pack.forEach("t-1", new byte[] {0, 1, 2}, (key, value) -> keys.add(key + value.length));

    assertThat(keys).containsExactly("t-13");
  }

  @Test
  void shouldUseTheOtherEntriesWhenOneIsInvalid() {
    Pack pack = new Pack();
    pack.add("bad", new byte[0]);
    pack.add("good", new byte[0]);
    List<String> used = new ArrayList<>();

    assertThatThrownBy(
            () ->
                Pack.forEach(
                    "",
                    pack.toBytes(),
                    (key, value) -> {
                      if (key.equals("bad")) {
                        throw new InvalidEventException("invalid-value", "bad");
                      }
                      used.add(key);
                    }))
        .isInstanceOf(InvalidEventException.class);
    assertThat(used).containsExactly("good");
  }

  @Test
  void shouldRefuseAPackThatEndsInAnEntry() {
    Pack pack = new Pack();
    pack.add("m-1", new byte[] {1, 2, 3});
    byte[] bytes = pack.toBytes();

    assertThatThrownBy(
            () -> Pack.forEach("", Arrays.copyOf(bytes, bytes.length - 1), (key, value) -> {}))
        .isInstanceOf(InvalidEventException.class)
        .hasMessageContaining("ends in the middle");
  }

  /** As Kafka Streams does at each commit. */
  private void commit() {
    store.flushCache();
  }

  private Outbox outbox() {
    return new Outbox(
        store,
        List.of(
            new Outbox.Target("secondary", PARTITIONS), new Outbox.Target("scored", PARTITIONS)),
        this::send,
        NOW_MS);
  }

  private static void add(Outbox outbox, int target, String key, String value) {
    outbox.add(target, key, value.getBytes(StandardCharsets.UTF_8), 1);
  }

  private void send(Record<String, Object> pack, String sink) {
    times.add(pack.timestamp());
    Pack.forEach(
        pack.key(),
        (byte[]) pack.value(),
        (key, value) ->
            sent.add(new Sent(sink, pack.key(), key, new String(value, StandardCharsets.UTF_8))));
  }

  /** What a producer's own partitioner says. */
  private static int partition(String key) {
    return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
  }
}
