package io.shoal.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.local.traffic.SimulatedTransactions;
import io.shoal.local.traffic.SimulationParameters;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills everything at once, as a power cut would, while transactions pour in. */
class WholePathCrashIT {
  private static final int KILLS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  /** A stack in a process of its own, under load; says how much it has sent. */
  static final class StackProcess {
    private static final int BATCH = 200;

    public static void main(String[] args) {
      SimulatedTransactions traffic =
          new SimulatedTransactions(SimulationParameters.handbook(Long.parseLong(args[1])));
      try (DataDirectory data = DataDirectory.open(Path.of(args[0]), false);
          LocalStack stack = StackClients.start(data);
          KafkaProducer<String, byte[]> producer = StackClients.producer(stack)) {
        String topic = stack.topics().transactions();
        var serializer =
            new AvroSerdes(SchemaRegistry.at(stack.schemaRegistryUrl()))
                .of(Transaction.class)
                .serializer();
        while (true) {
          for (int i = 0; i < BATCH; i++) {
            traffic.next();
            Transaction transaction = traffic.transaction();
            Future<?> unused =
                producer.send(
                    new ProducerRecord<>(
                        topic,
                        transaction.getCustomerId(),
                        serializer.serialize(topic, transaction)));
          }
          producer.flush();
          System.out.println("sent");
        }
      }
    }
  }

  @Test
  void shouldPredictEachTransactionExactlyOnceWhenEverythingIsKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < KILLS; i++) {
      Process process =
          new ProcessBuilder(command(i)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader output = process.inputReader()) {
        int batches = random.nextInt(20, 60);
        assertThat(output.lines().filter("sent"::equals).limit(batches).count()).isEqualTo(batches);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    try (DataDirectory data = DataDirectory.open(folder, false);
        LocalStack stack = StackClients.start(data);
        KafkaConsumer<String, Prediction> predictions =
            StackClients.consumer(stack, stack.topics().predictions(), Prediction.class);
        KafkaConsumer<String, Transaction> transactions =
            StackClients.consumer(stack, stack.topics().transactions(), Transaction.class)) {
      Map<TopicPartition, Long> sent = transactions.endOffsets(transactions.assignment());
      long total = sent.values().stream().mapToLong(Long::longValue).sum();
      assertThat(total).isGreaterThan(KILLS * 20L * StackProcess.BATCH - 1);

      Map<TopicPartition, LongStream.Builder> seen = new HashMap<>();
      long[] count = {0};
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                predictions
                    .poll(Duration.ofMillis(200))
                    .forEach(
                        record -> {
                          Prediction p = record.value();
                          count[0]++;
                          seen.computeIfAbsent(
                                  new TopicPartition(p.getSourceTopic(), p.getSourcePartition()),
                                  unused -> LongStream.builder())
                              .add(p.getSourceOffset());
                        });
                return count[0] >= total;
              });
      assertThat(count[0]).isEqualTo(total);
      sent.forEach(
          (partition, end) ->
              assertThat(seen.get(partition).build().sorted())
                  .as("one prediction for each offset of " + partition)
                  .containsExactlyElementsOf(LongStream.range(0, end).boxed().toList()));
    }
  }

  private List<String> command(int seed) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "-Dshoal.schema.registry.home=" + System.getProperty("shoal.schema.registry.home"),
        "-cp",
        System.getProperty("java.class.path"),
        StackProcess.class.getName(),
        folder.toString(),
        String.valueOf(seed));
  }
}
