package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same traffic from a file and from a topic is the same traffic. */
class ReplayTopicIT {
  private static final int EVENTS = 4_000;
  private static final int PARTITIONS = 2;
  private static final Instant START = Instant.parse("2018-04-01T00:00:00Z");

  @TempDir Path folder;

  @Test
  void shouldPredictFromATopicWhatItPredictsFromAFile() throws Exception {
    List<Transaction> transactions = transactions();
    List<Label> labels = labels(transactions);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry registry =
            EmbeddedSchemaRegistry.start(folder.resolve("registry"), 0)) {
      createTopics(kafka);
      send(kafka, registry, "fraud.transactions", Transaction.class, transactions);
      send(kafka, registry, "fraud.labels", Label.class, labels);
      sendUnreadable(kafka);
      Path settings =
          Files.writeString(
              folder.resolve("trainer.properties"),
              """
              bootstrap.servers=%s
              schema.registry.url=%s
              topic.prefix=fraud.
              model.k=8
              batch.size=64
              """
                  .formatted(kafka.bootstrapServers(), registry.url()));

      Path fromFile = folder.resolve("file.csv");
      Path fromTopic = folder.resolve("topic.csv");
      String[] file = {"--transactions", csv(transactions).toString()};
      String[] known = {"--labels", csvOfLabels(labels).toString()};
      Cli ofFile = replay(settings, fromFile, file, known);
      Cli ofTopic = replay(settings, fromTopic, new String[] {"--topic"}, new String[0]);

      assertThat(ofFile.exitCode()).as(ofFile.err()).isZero();
      assertThat(ofTopic.exitCode()).as(ofTopic.err()).isZero();
      assertThat(Files.readString(fromTopic)).isEqualTo(Files.readString(fromFile));
      assertThat(ofTopic.out())
          .containsPattern("events +4,000")
          .containsPattern("frauds +100")
          .containsPattern("risk: average precision +0\\.\\d{3}");
    }
  }

  private static Cli replay(Path settings, Path out, String[] traffic, String[] labels) {
    List<String> arguments = new ArrayList<>(List.of("replay"));
    arguments.addAll(List.of(traffic));
    arguments.addAll(List.of(labels));
    arguments.addAll(List.of("--pipeline", settings.toString(), "--predictions", out.toString()));
    return Cli.run(arguments.toArray(String[]::new));
  }

  /** One in forty is ten times as large. */
  private static List<Transaction> transactions() {
    Random random = new Random(3);
    List<Transaction> transactions = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      double amount = (40 + 5 * random.nextGaussian()) * (i % 40 == 7 ? 10 : 1);
      transactions.add(
          Transaction.newBuilder()
              .setTransactionId("t" + i)
              .setEventTime(START.plus(Duration.ofMinutes(5L * i)))
              .setCustomerId("c" + random.nextInt(20))
              .setTerminalId("m" + random.nextInt(9))
              .setAmount(amount)
              .build());
    }
    return transactions;
  }

  /** A day late, of the large ones. */
  private static List<Label> labels(List<Transaction> transactions) {
    return transactions.stream()
        .filter(transaction -> transaction.getAmount() > 150)
        .map(
            transaction ->
                new Label(
                    transaction.getTransactionId(),
                    true,
                    transaction.getEventTime().plus(Duration.ofDays(1)),
                    "test"))
        .toList();
  }

  private Path csv(List<Transaction> transactions) throws IOException {
    StringBuilder lines =
        new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount\n");
    for (Transaction each : transactions) {
      lines.append(
          "%s,%s,%s,%s,%s%n"
              .formatted(
                  each.getTransactionId(),
                  each.getEventTime(),
                  each.getCustomerId(),
                  each.getTerminalId(),
                  each.getAmount()));
    }
    return Files.writeString(folder.resolve("history.csv"), lines);
  }

  private Path csvOfLabels(List<Label> labels) throws IOException {
    StringBuilder lines = new StringBuilder("transaction_id,fraud,known_at\n");
    for (Label each : labels) {
      lines.append("%s,1,%s%n".formatted(each.getTransactionId(), each.getKnownAt()));
    }
    return Files.writeString(folder.resolve("labels.csv"), lines);
  }

  private static void createTopics(EmbeddedKafka kafka)
      throws ExecutionException, InterruptedException {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
      Map<String, String> forEver = Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1");
      admin
          .createTopics(
              Stream.of("fraud.transactions", "fraud.labels")
                  .map(name -> new NewTopic(name, PARTITIONS, (short) 1).configs(forEver))
                  .toList())
          .all()
          .get();
    }
  }

  /** By turns to the partitions; the records' times tell their order. */
  private static <T extends SpecificRecord> void send(
      EmbeddedKafka kafka,
      EmbeddedSchemaRegistry registry,
      String topic,
      Class<T> type,
      List<T> values)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<String, T> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(registry.url()), type))) {
      List<Future<?>> sent = new ArrayList<>();
      long startMs = START.toEpochMilli();
      for (int i = 0; i < values.size(); i++) {
        sent.add(
            producer.send(
                new ProducerRecord<>(topic, i % PARTITIONS, startMs + i, "key", values.get(i))));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  private static void sendUnreadable(EmbeddedKafka kafka)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] text = "not avro".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>("fraud.transactions", text)).get();
    }
  }
}
