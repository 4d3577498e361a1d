package io.shoal.registry.server.pipeline;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.TestModels;
import io.shoal.registry.server.gates.GateBounds;
import io.shoal.registry.server.gates.Gates;
import io.shoal.registry.server.gates.RecentVectors;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.Stores;
import io.shoal.registry.server.store.TestDatabases;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends the registry before and after each step that leaves the process (a commit in the database, a
 * message, an offset), starts it anew, and looks at what there is in the end.
 */
class CrashTest {
  private static final int CANDIDATES = 3;
  private static final String TOPIC = "candidates";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  @TempDir Path folder;

  private final SchemaRegistry schemas =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final List<ModelUpdate> announced = new ArrayList<>();
  private long committed;
  private int stepsLeft;

  /** The process ends here. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void shouldLoseAndDoubleNothingWhereverItEnds() throws Exception {
    int steps = 0;
    while (run(steps)) {
      steps++;
    }
    assertThat(steps).as("every step was reached").isGreaterThan(20);
  }

  /** Crashes after so many steps, restarts, and says whether there was a crash. */
  private boolean run(int step) throws Exception {
    announced.clear();
    committed = 0;
    boolean crashed = false;
    try (Database database = TestDatabases.h2(folder.resolve("crash" + step))) {
      stepsLeft = step;
      try {
        live(database);
      } catch (Crash e) {
        crashed = true;
      }
      stepsLeft = Integer.MAX_VALUE;
      live(database);
      check(Stores.in(database.jdbi(), Clock.systemUTC(), Policy.AUTOMATIC, 1_000), step);
    }
    return crashed;
  }

  private void check(Stores stores, int step) {
    assertThat(stores.versions().page(MODEL, Long.MAX_VALUE, 10))
        .as("step %d", step)
        .extracting(RegisteredVersion::version)
        .containsExactly(3L, 2L, 1L);
    assertThat(stores.log().page(MODEL, Long.MAX_VALUE, 10))
        .as("step %d", step)
        .extracting(AuditEntry::toVersion)
        .containsExactly(3L, 2L, 1L);
    assertThat(stores.outbox().first(10)).as("step %d", step).isEmpty();
    List<Long> numbers =
        announced.stream().map(update -> update.getVersion().getVersion()).toList();
    assertThat(numbers).as("step %d", step).contains(1L, 2L, 3L).endsWith(3L).isSorted();
  }

  /** One life of the process: takes what there is and announces it. */
  private void live(Database database) throws InterruptedException {
    Stores stores =
        Stores.in(Database.jdbi(source(database)), Clock.systemUTC(), Policy.AUTOMATIC, 1_000);
    Gates gates =
        new Gates(
            new GateBounds(1, 1, 1, 0, 1),
            new RecentVectors(1),
            (fingerprint, names) -> Optional.empty(),
            model -> Optional.empty());
    MockConsumer<String, byte[]> mock = consumer();
    MockProducer<String, ModelUpdate> updates =
        new MockProducer<>(
            true, null, new StringSerializer(), new AvroSerializer<>(schemas, ModelUpdate.class));
    @SuppressWarnings("unchecked")
    Consumer<String, byte[]> consumer = crashing(Consumer.class, mock, Set.of("commitSync"));
    @SuppressWarnings("unchecked")
    Producer<String, ModelUpdate> producer =
        crashing(Producer.class, updates, Set.of("initTransactions", "send", "commitTransaction"));
    OutboxPublisher publisher =
        new OutboxPublisher(stores.outbox(), () -> producer, () -> true, "models", null);
    CandidateConsumer candidates =
        new CandidateConsumer(
            consumer,
            new AvroDeserializer<>(schemas, ModelVersion.class),
            new MockProducer<>(
                true,
                null,
                new StringSerializer(),
                new AvroSerializer<>(schemas, DeadLetter.class)),
            TOPIC,
            "dead-letters",
            new Registrar(stores.versions(), gates),
            publisher::wake,
            Clock.systemUTC());
    try {
      candidates.work();
      publisher.work();
    } finally {
      updates.history().forEach(message -> announced.add(message.value()));
      OffsetAndMetadata offset = mock.committed(Set.of(PARTITION)).get(PARTITION);
      committed = offset == null ? committed : offset.offset();
    }
  }

  private MockConsumer<String, byte[]> consumer() {
    MockConsumer<String, byte[]> mock = new MockConsumer<>("earliest");
    mock.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
    mock.updateBeginningOffsets(Map.of(PARTITION, committed));
    mock.schedulePollTask(
        () -> {
          AvroSerializer<ModelVersion> serializer =
              new AvroSerializer<>(schemas, ModelVersion.class);
          for (long i = committed; i < CANDIDATES; i++) {
            mock.addRecord(
                new ConsumerRecord<>(
                    TOPIC,
                    0,
                    i,
                    MODEL,
                    serializer.serialize(TOPIC, TestModels.candidate("job", i + 1))));
          }
        });
    return mock;
  }

  /** The database's connections, each of which may be the last. */
  private DataSource source(Database database) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) ->
                crashing(
                    Connection.class, database.jdbi().open().getConnection(), Set.of("commit")));
  }

  /** Counts a step before and after each of these methods, and crashes at the one that it is. */
  private <T> T crashing(Class<? super T> type, T target, Set<String> steps) {
    @SuppressWarnings("unchecked")
    T proxy =
        (T)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> {
                  boolean counts = steps.contains(method.getName());
                  step(counts);
                  try {
                    Object result = method.invoke(target, arguments);
                    step(counts);
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return proxy;
  }

  private void step(boolean counts) {
    if (counts && stepsLeft-- == 0) {
      throw new Crash();
    }
  }
}
