package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars in processes of their own, while what they stand on fails or changes. */
class SidecarOutageIT {
  private static final int BATCH = 400;
  private static final int POISONS = 8;

  /** What producers send at most, and brokers take, unless they are told otherwise. */
  private static final int RECORD_BYTES_MAX = 1 << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path folder;

  private static TestKafka kafka;

  private final CardTraffic traffic = new CardTraffic(7);
  private final Map<String, Prediction> predicted = new HashMap<>();
  private int sent;

  @BeforeAll
  static void start() {
    kafka = new TestKafka(folder);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void shouldGoOnWhereItStoppedWhenTheBrokerComesBack() throws Exception {
    Topics topics = kafka.createTopics("broker.");
    try (SidecarProcess sidecar = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      sidecar.awaitUrl();
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
      send(producer, topics, BATCH);
      kafka.stopBroker();
      kafka.startBroker();
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
    }
  }

  @Test
  void shouldWaitForTheSchemaRegistryAndLoseNothing() throws Exception {
    Topics topics = kafka.createTopics("registry.");
    Schema wider = wider();
    int id = kafka.schemas().register(topics.transactions(), wider);
    try (SidecarProcess sidecar = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      sidecar.awaitUrl();
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
      kafka.stopRegistry();
      try {
        // What it knows it goes on with; the schema that it never saw has to wait.
        send(producer, topics, BATCH);
        awaitPredictions(predictions);
        sendWider(producer, topics, wider, id, BATCH);
      } finally {
        kafka.startRegistry();
      }
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
      assertThat(read(topics.deadLetters(), DeadLetter.class, 0)).isEmpty();
    }
  }

  @Test
  void shouldFollowASchemaThatGainsAFieldInMidStream() throws Exception {
    Topics topics = kafka.createTopics("schema.");
    try (SidecarProcess sidecar = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      sidecar.awaitUrl();
      send(producer, topics, BATCH);
      Schema wider = wider();
      int id = kafka.schemas().register(topics.transactions(), wider);
      sendWider(producer, topics, wider, id, BATCH);
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
      assertThat(read(topics.deadLetters(), DeadLetter.class, 0)).isEmpty();
    }
  }

  @Test
  void shouldKeepEachPoisonRecordWithItsReasonAndPredictTheOthersOnce() throws Exception {
    Topics topics = kafka.createTopics("poison.");
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Integer> poison = new HashMap<>();
    try (SidecarProcess sidecar = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      sidecar.awaitUrl();
      for (int i = 0; i < 10 * BATCH; i++) {
        if (random.nextInt(100) == 0) {
          poison.merge(poison(producer, topics, random.nextInt(POISONS)), 1, Integer::sum);
        } else {
          send(producer, topics, 1);
        }
      }
      awaitPredictions(predictions);
      int letters = poison.values().stream().mapToInt(Integer::intValue).sum();
      Map<String, Integer> reasons = new HashMap<>();
      read(topics.deadLetters(), DeadLetter.class, letters)
          .forEach(letter -> reasons.merge(letter.getReason(), 1, Integer::sum));
      assertThat(reasons).isEqualTo(poison);
    }
  }

  @Test
  void shouldPredictAcrossJumpsOfAllClocks() throws Exception {
    Topics topics = kafka.createTopics("clock.");
    SplittableRandom random = new SplittableRandom(2);
    long now = System.currentTimeMillis();
    try (SidecarProcess sidecar = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      sidecar.awaitUrl();
      for (int i = 0; i < 3 * BATCH; i++) {
        Transaction transaction = traffic.transaction(sent++);
        // Years back, hours ahead: the time of the event and that of its sending, each on its own.
        transaction.setEventTime(
            Instant.ofEpochMilli(now - random.nextLong(Duration.ofDays(3_000).toMillis())));
        long sentAt =
            now
                + random.nextLong(
                    Duration.ofDays(-5).toMillis(), Duration.ofMinutes(50).toMillis());
        send(producer, topics.transactions(), transaction.getCustomerId(), transaction, sentAt);
      }
      Transaction future = traffic.transaction(1_000_000);
      future.setEventTime(Instant.ofEpochMilli(now).plus(Duration.ofDays(400)));
      send(producer, topics.transactions(), future.getCustomerId(), future, null);
      send(producer, topics, BATCH);
      awaitPredictions(predictions);
      assertThat(read(topics.deadLetters(), DeadLetter.class, 1))
          .singleElement()
          .satisfies(letter -> assertThat(letter.getReason()).isEqualTo("invalid-value"));
    }
  }

  @Test
  void shouldScoreEachOnceWhilePartitionsMoveAndModelsChange() throws Exception {
    Topics topics = kafka.createTopics("rebalance.");
    try (SidecarProcess one = sidecar(topics, "one");
        KafkaProducer<String, Object> producer = kafka.producer();
        KafkaConsumer<String, Prediction> predictions = predictions(topics)) {
      one.awaitUrl();
      long version = promote(producer, topics, 1);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                send(producer, topics, 1);
                poll(predictions);
                return predicted.values().stream().anyMatch(p -> p.getScore() != null);
              });
      int unscored = sent;
      try (SidecarProcess two = sidecar(topics, "two")) {
        while (version < 30) {
          version = promote(producer, topics, version + 1);
          send(producer, topics, 20);
        }
        two.awaitUrl();
        while (version < 60) {
          version = promote(producer, topics, version + 1);
          send(producer, topics, 20);
          poll(predictions);
        }
        two.kill();
        while (version < 90) {
          version = promote(producer, topics, version + 1);
          send(producer, topics, 20);
        }
        awaitPredictions(predictions);
      }
      Set<Long> versions = new TreeSet<>();
      for (int i = unscored; i < sent; i++) {
        Prediction prediction = predicted.get("t-" + i);
        assertThat(prediction.getDecision()).as("t-" + i).isNotEqualTo(Decision.UNSCORED);
        versions.add(prediction.getModelVersion());
      }
      assertThat(versions).hasSizeGreaterThan(5);
    }
  }

  private static long promote(KafkaProducer<String, Object> producer, Topics topics, long version) {
    ModelUpdate update = TestModels.champion(1 + version % 3);
    update.getVersion().setVersion(version);
    send(producer, topics.models(), "default/champion", update, null);
    return version;
  }

  private void send(KafkaProducer<String, Object> producer, Topics topics, int count) {
    for (int i = 0; i < count; i++) {
      Transaction transaction = traffic.transaction(sent++);
      send(producer, topics.transactions(), transaction.getCustomerId(), transaction, null);
    }
  }

  private static void send(
      KafkaProducer<String, Object> producer,
      String topic,
      String key,
      Object value,
      Long timestamp) {
    var unused = producer.send(new ProducerRecord<>(topic, null, timestamp, key, value));
  }

  /** What a producer of next year sends: a field more, with a default. */
  private static Schema wider() {
    Schema now = Transaction.getClassSchema();
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record(now.getName()).namespace(now.getNamespace()).fields();
    for (Schema.Field field : now.getFields()) {
      fields = fields.name(field.name()).type(field.schema()).noDefault();
    }
    return fields.name("channel").type().stringType().stringDefault("card").endRecord();
  }

  private void sendWider(
      KafkaProducer<String, Object> producer, Topics topics, Schema schema, int id, int count)
      throws IOException {
    GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    for (int i = 0; i < count; i++) {
      Transaction transaction = traffic.transaction(sent++);
      GenericRecord record = new GenericData.Record(schema);
      record.put("transaction_id", transaction.getTransactionId());
      record.put("event_time", transaction.getEventTime().toEpochMilli());
      record.put("customer_id", transaction.getCustomerId());
      record.put("terminal_id", transaction.getTerminalId());
      record.put("amount", transaction.getAmount());
      record.put("channel", "web");
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(0);
      bytes.write(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
      writer.write(record, encoder);
      send(producer, topics.transactions(), transaction.getCustomerId(), bytes.toByteArray(), null);
    }
  }

  /** Sends something that cannot be used; the reason that its dead letter must have. */
  private String poison(KafkaProducer<String, Object> producer, Topics topics, int kind) {
    Transaction transaction = traffic.transaction(sent);
    String key = transaction.getCustomerId();
    Object value = transaction;
    String reason =
        switch (kind) {
          case 0 -> {
            value = "{\"amount\": 12}".getBytes(StandardCharsets.UTF_8);
            yield "undecodable";
          }
          case 1 -> {
            value = new byte[] {0, 0, 0, 0, 1, 2};
            yield "undecodable";
          }
          case 2 -> {
            transaction.setAmount(Double.NaN);
            yield "invalid-value";
          }
          case 3 -> {
            key = null;
            yield "missing-key";
          }
          case 4 -> { // as large as a broker takes it, so its letter would be larger
            value = "x".repeat(RECORD_BYTES_MAX - 200).getBytes(StandardCharsets.UTF_8);
            yield "undecodable";
          }
          case 5 -> {
            transaction.setTransactionId("x".repeat(RECORD_BYTES_MAX - 500));
            yield "invalid-value";
          }
          case 6 -> {
            key = "x".repeat(RECORD_BYTES_MAX / 2);
            yield "invalid-key";
          }
          default -> {
            key = "somebody-else";
            yield "invalid-key";
          }
        };
    send(producer, topics.transactions(), key, value, null);
    return reason;
  }

  private SidecarProcess sidecar(Topics topics, String name) throws IOException {
    Path own = folder.resolve(topics.prefix() + name);
    return new SidecarProcess(own, kafka.options(topics.prefix(), own.resolve("state")));
  }

  private static KafkaConsumer<String, Prediction> predictions(Topics topics) {
    return kafka.consumer(topics.predictions(), Prediction.class);
  }

  private void poll(KafkaConsumer<String, Prediction> predictions) {
    predictions
        .poll(Duration.ofMillis(200))
        .forEach(
            record ->
                assertThat(predicted.put(record.value().getTransactionId(), record.value()))
                    .as("a second prediction of " + record.value().getTransactionId())
                    .isNull());
  }

  /** One for each that was sent, and none twice. */
  private void awaitPredictions(KafkaConsumer<String, Prediction> predictions) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              poll(predictions);
              return predicted.size() >= sent;
            });
    poll(predictions);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < sent; i++) {
      ids.add("t-" + i);
    }
    assertThat(predicted.keySet()).isEqualTo(ids);
  }

  /** Reads at least so many, and what else is there. */
  private static <T extends SpecificRecord> List<T> read(String topic, Class<T> type, int count) {
    List<T> values = new ArrayList<>();
    try (KafkaConsumer<String, T> consumer = kafka.consumer(topic, type)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return values.size() >= count;
              });
      consumer.poll(Duration.ofMillis(500)).forEach(record -> values.add(record.value()));
    }
    return values;
  }
}
