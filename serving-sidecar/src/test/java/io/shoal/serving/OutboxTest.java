package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.InvalidEventException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final int PARTITIONS = 4;

  private final List<Sent> sent = new ArrayList<>();

  private record Sent(String sink, String partition, String key, String value) {}

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
  void shouldSendAllWhenAPackHasGrown() {
    Outbox outbox = outbox();
    int added = 0;
    int value = 1_000;
    while (sent.isEmpty() && added < 10_000) {
      add(outbox, 0, "m-" + added, "event");
      add(outbox, 1, "t-" + added, "x".repeat(value));
      outbox.flushIfFull();
      added++;
    }

    assertThat(sent).hasSize(2 * added);
    // Of each target as much goes to each partition, nearly.
    assertThat(added * value).isBetween(16 << 10, PARTITIONS * (16 << 10));
    add(outbox, 0, "m-1", "next");
    outbox.flushIfFull();
    assertThat(sent).hasSize(2 * added);
  }

  @Test
  void shouldSendNothingTwice() {
    Outbox outbox = outbox();
    add(outbox, 0, "m-1", "event");
    outbox.flush();
    outbox.flush();

    assertThat(sent).hasSize(1);
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

  private Outbox outbox() {
    return new Outbox(
        List.of(
            new Outbox.Target("secondary", PARTITIONS), new Outbox.Target("scored", PARTITIONS)),
        this::send);
  }

  private static void add(Outbox outbox, int target, String key, String value) {
    outbox.add(
        target, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8), 1);
  }

  private void send(Record<String, Object> pack, String sink) {
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
