package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Label;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitingLabelsTest {
  /** Enough that some have the same hash. */
  private static final int TRANSACTIONS = 2_000;

  private final TimestampedKeyValueStore<String, Label> store =
      Stores.timestampedKeyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("waiting"),
              Serdes.String(),
              new AvroSerdes(new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC()))
                  .of(Label.class))
          .withLoggingDisabled()
          .build();

  @BeforeEach
  void open() {
    store.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldMissNoneThatWaitsWhateverIsDone() {
    Random random = new Random(1);
    Map<String, Label> expected = new HashMap<>();
    WaitingLabels waiting = new WaitingLabels(store);
    for (int i = 0; i < 20_000; i++) {
      String id = id(random.nextInt(TRANSACTIONS));
      if (random.nextInt(3) == 0) {
        Label label = label(id, random.nextBoolean());
        waiting.add(id, label, i);
        expected.put(id, label);
      } else {
        assertThat(mayHave(waiting, id) || !expected.containsKey(id)).isTrue();
        assertThat(waiting.take(id)).isEqualTo(expected.remove(id));
      }
      if (i % 5_000 == 0) {
        waiting = new WaitingLabels(store); // another instance
      }
    }
    for (String id : expected.keySet()) {
      assertThat(waiting.take(id)).isEqualTo(expected.get(id));
    }
    for (int i = 0; i < TRANSACTIONS; i++) {
      assertThat(mayHave(waiting, id(i))).isFalse();
    }
  }

  @Test
  void shouldTellMostThatHaveNoneApart() {
    WaitingLabels waiting = new WaitingLabels(store);
    for (int i = 0; i < 1_000; i++) {
      waiting.add(id(i), label(id(i), false), 0);
    }
    int mistaken = 0;
    for (int i = 1_000; i < 11_000; i++) {
      mistaken += mayHave(waiting, id(i)) ? 1 : 0;
    }
    assertThat(mistaken).isLessThan(400); // 1,000 of 65,536 hashes: some 150
  }

  private static boolean mayHave(WaitingLabels waiting, String id) {
    byte[] bytes = ("before" + id + "after").getBytes(StandardCharsets.UTF_8);
    return waiting.mayHave(bytes, "before".length(), id.getBytes(StandardCharsets.UTF_8).length);
  }

  private static String id(int number) {
    return "t-\u00e4-" + number;
  }

  private static Label label(String id, boolean fraud) {
    return new Label(id, fraud, Instant.EPOCH, "analyst");
  }
}
