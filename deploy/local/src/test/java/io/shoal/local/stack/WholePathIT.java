package io.shoal.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.local.traffic.SimulatedTransactions;
import io.shoal.local.traffic.SimulationParameters;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All real parts together, seen through nothing but a plain producer, a plain consumer and HTTP.
 */
class WholePathIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int BATCH = 500;
  private static final int TRANSACTIONS_MAX = 60_000;

  @TempDir Path folder;

  private final SimulatedTransactions traffic =
      new SimulatedTransactions(SimulationParameters.handbook(1));
  private int sent;

  @Test
  void shouldPredictEachTransactionOnceAcrossModelSwapsAndARestart() throws Exception {
    long versionBefore;
    try (DataDirectory data = DataDirectory.open(folder.resolve("data"), false);
        LocalStack stack = StackClients.start(data);
        KafkaProducer<String, byte[]> producer = StackClients.producer(stack);
        KafkaConsumer<String, Prediction> consumer =
            StackClients.consumer(stack, stack.topics().predictions(), Prediction.class)) {
      List<Prediction> predictions = new ArrayList<>();
      while (versions(predictions).size() < 3 && sent < TRANSACTIONS_MAX) {
        send(stack, producer);
        await(consumer, predictions, sent);
      }
      assertThat(versions(predictions)).hasSizeGreaterThanOrEqualTo(3);
      assertExactlyOnce(predictions);
      assertThat(predictions)
          .filteredOn(p -> p.getDecision() != Decision.UNSCORED)
          .allSatisfy(p -> assertThat(p.getScore()).isBetween(0.0, 1.0));
      versionBefore = versions(predictions).last();
      assertThat(championVersion(stack)).isGreaterThanOrEqualTo(versionBefore);
      shouldKeepWhatCannotBeRead(stack, producer);
    }
    try (DataDirectory data = DataDirectory.open(folder.resolve("data"), false);
        LocalStack stack = StackClients.start(data);
        KafkaProducer<String, byte[]> producer = StackClients.producer(stack);
        KafkaConsumer<String, Prediction> consumer =
            StackClients.consumer(stack, stack.topics().predictions(), Prediction.class)) {
      List<Prediction> predictions = new ArrayList<>();
      Set<String> news = send(stack, producer);
      await(consumer, predictions, sent);

      assertExactlyOnce(predictions);
      assertThat(predictions)
          .filteredOn(p -> news.contains(p.getTransactionId()))
          .hasSize(BATCH)
          .as("the model of the first run scores from the first transaction of the second")
          .allSatisfy(p -> assertThat(p.getModelVersion()).isGreaterThanOrEqualTo(versionBefore));
    }
  }

  @Test
  void shouldRefuseADataFolderThatIsInUseOrNotOurs() throws Exception {
    Path busy = folder.resolve("busy");
    try (DataDirectory data = DataDirectory.open(busy, false)) {
      assertThat(data.folder("kafka").getParent()).isEqualTo(busy);
      assertThatThrownBy(() -> DataDirectory.open(busy, true))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("in use");
    }
    Path foreign = Files.createDirectories(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.txt"), "irreplaceable");
    assertThatThrownBy(() -> DataDirectory.open(foreign, true))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not Shoal's");
    assertThat(foreign.resolve("thesis.txt")).hasContent("irreplaceable");
  }

  private void shouldKeepWhatCannotBeRead(LocalStack stack, KafkaProducer<String, byte[]> producer)
      throws Exception {
    byte[] garbage = "{\"amount\": 12}".getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(stack.topics().transactions(), "c-1", garbage)).get();
    try (KafkaConsumer<String, DeadLetter> letters =
        StackClients.consumer(stack, stack.topics().deadLetters(), DeadLetter.class)) {
      List<DeadLetter> read = new ArrayList<>();
      await(letters, read, 1);
      assertThat(read)
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.getReason()).isEqualTo("undecodable");
                assertThat(letter.getSource()).isEqualTo("transactions");
                assertThat(letter.getValue().array()).isEqualTo(garbage);
              });
    }
  }

  /** Sends the next batch; returns its ids. */
  private Set<String> send(LocalStack stack, KafkaProducer<String, byte[]> producer) {
    String topic = stack.topics().transactions();
    var serializer =
        new AvroSerdes(SchemaRegistry.at(stack.schemaRegistryUrl()))
            .of(Transaction.class)
            .serializer();
    Set<String> ids = new HashSet<>();
    List<Future<?>> acks = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      traffic.next();
      Transaction transaction = traffic.transaction();
      acks.add(
          producer.send(
              new ProducerRecord<>(
                  topic, transaction.getCustomerId(), serializer.serialize(topic, transaction))));
      ids.add(transaction.getTransactionId());
      sent++;
    }
    producer.flush();
    assertThat(acks).allMatch(Future::isDone);
    return ids;
  }

  private static <T> void await(KafkaConsumer<String, T> consumer, List<T> into, int count) {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (into.size() < count && System.nanoTime() < deadlineNs) {
      for (ConsumerRecord<String, T> record : consumer.poll(Duration.ofMillis(200))) {
        into.add(record.value());
      }
    }
    assertThat(into).hasSizeGreaterThanOrEqualTo(count);
  }

  private void assertExactlyOnce(List<Prediction> predictions) {
    assertThat(predictions)
        .hasSize(sent)
        .extracting(Prediction::getTransactionId)
        .doesNotHaveDuplicates();
  }

  private static NavigableSet<Long> versions(List<Prediction> predictions) {
    return predictions.stream()
        .map(Prediction::getModelVersion)
        .filter(v -> v != null)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long championVersion(LocalStack stack) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(stack.modelRegistryUrl() + "/api/v1/models/default/deciding"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Long.parseLong(answer.body().replaceAll(".*\"toVersion\":(\\d+).*", "$1"));
  }
}
