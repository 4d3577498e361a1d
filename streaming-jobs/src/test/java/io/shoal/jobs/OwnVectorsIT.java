package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shoal.config.ConfigException;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user with a topic of records of their own, and nothing else of Shoal. */
class OwnVectorsIT {
  private static final Schema PAYMENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Payment", "namespace": "com.example", "fields": [
                {"name": "iban", "type": "string"},
                {"name": "booked", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "amount", "type": "double"},
                {"name": "items", "type": ["null", "int"], "default": null},
                {"name": "category", "type": "string"},
                {"name": "embedding", "type": {"type": "array", "items": "double"}}
              ]}
              """);
  private static final String TOPIC = "payments";
  private static final int PAYMENTS = 6_000;
  private static final int PARTITIONS = 2;
  private static final String FOOD = SegmentNames.model("p", "food/drink");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static EmbeddedSchemaRegistry schemas;

  @TempDir Path checkpoints;

  @BeforeAll
  static void startAndProduce() throws Exception {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    schemas = EmbeddedSchemaRegistry.start(shared.resolve("schemas"), 0);
    create(TOPIC);
    produce(TOPIC, 0, PAYMENTS);
    try (KafkaProducer<String, byte[]> producer = producer()) {
      var unused = producer.send(new ProducerRecord<>(TOPIC, 0, "", new byte[] {1, 2, 3}));
    }
  }

  private static void create(String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    }
  }

  private static void produce(String topic, int from, int to) throws IOException {
    int id = SchemaRegistry.at(schemas.url()).register(topic, PAYMENT);
    byte[] header = ByteBuffer.allocate(5).put((byte) 0).putInt(id).array();
    Random random = new Random(3);
    try (KafkaProducer<String, byte[]> producer = producer()) {
      for (int i = from; i < to; i++) {
        // Each partition has payments of all kinds.
        int partition = i / 4 % PARTITIONS;
        var unused =
            producer.send(new ProducerRecord<>(topic, partition, "", payment(header, i, random)));
      }
    }
  }

  private static KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all", "linger.ms", 5),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    schemas.close();
    kafka.close();
  }

  @Test
  void shouldLearnFromFieldsOfTheRecords() throws Exception {
    TrainerConfig config =
        config(Map.of("model.features", "amount,items", "vectors.event.time", "booked"));
    TrainerTopics.prepare(config);
    TrainerTopics.await(config, missing -> {});
    try (LocalTrainer trainer = LocalTrainer.start(config)) {
      await().atMost(TIMEOUT).until(() -> seen(trainer) == PAYMENTS);

      assertThat(trainer.progress().dropped()).isEqualTo(1);
      await().atMost(TIMEOUT).until(() -> trainer.progress().sequence() > 0);
    }
  }

  @Test
  void shouldLearnFromAnArrayOfTheRecords() {
    TrainerConfig config =
        config(Map.of("model.features", "x,y,z", "vectors.array", "embedding", "model.name", "e"));
    TrainerTopics.prepare(config);
    try (LocalTrainer trainer = LocalTrainer.start(config)) {
      await().atMost(TIMEOUT).until(() -> seen(trainer) == PAYMENTS);
    }
  }

  @Test
  void shouldLearnAModelOfEachSegmentAlsoAcrossARestart() throws Exception {
    String topic = "segmented";
    create(topic);
    Map<String, String> segments =
        Map.of(
            "topic.prefix", "segments.",
            "vectors.topic", topic,
            "vectors.event.time", "booked",
            "model.name", "p",
            "model.features", "amount",
            "model.k", "2",
            "model.segment", "category",
            "source.parallelism", "2",
            "batch.interval.ms", "20",
            "publish.interval.ms", "50");
    Map<String, Double> halves = Map.of("p", 1.0, "p.fuel", 0.5, FOOD, 0.5);
    try (TrainerHarness harness = new TrainerHarness(kafka, schemas, "segments.")) {
      for (int round = 1; round <= 2; round++) {
        int total = round * PAYMENTS;
        produce(topic, total - PAYMENTS, total);
        Map<String, List<ModelVersion>> versions = new TreeMap<>();
        try (LocalTrainer trainer = LocalTrainer.start(config(segments))) {
          harness.candidatesUntil(
              version -> {
                versions
                    .computeIfAbsent(version.getModelName(), n -> new ArrayList<>())
                    .add(version);
                return halves.entrySet().stream()
                    .allMatch(
                        e ->
                            versions.containsKey(e.getKey())
                                && TrainerHarness.seen(last(versions, e.getKey()))
                                    == total * e.getValue());
              });
          assertThat(trainer.failure()).isEmpty();
        }
        assertThat(versions).containsOnlyKeys(halves.keySet());
        versions.values().forEach(TrainerHarness::assertGapless);
        // 0 and 20 are fuel, 10 and 30 are food.
        assertThat(last(versions, "p.fuel").getCentroids())
            .satisfiesExactlyInAnyOrder(
                c -> assertThat(c).isBetween(-1f, 1f), c -> assertThat(c).isBetween(19f, 21f));
      }
    }
  }

  private static ModelVersion last(Map<String, List<ModelVersion>> versions, String model) {
    List<ModelVersion> of = versions.getOrDefault(model, List.of());
    return of.get(of.size() - 1);
  }

  @Test
  void shouldReadWhatStandsInTheTopicForABatchFit() {
    TrainerConfig config =
        config(Map.of("model.features", "amount,items", "vectors.event.time", "booked"));
    TopicTable all = TopicTable.read(config, TOPIC, Integer.MAX_VALUE, 1);

    assertThat(all.rows()).hasDimensions(PAYMENTS, 2);
    assertThat(all.seen()).isEqualTo(PAYMENTS);
    assertThat(all.dropped()).hasSize(1);
    assertThat(all.eventTime().toEpochMilli()).isEqualTo(PAYMENTS - 1);
    assertThat(all.offsets()).extracting(o -> o.getNextOffset()).containsExactly(3_001L, 3_000L);

    TopicTable sample = TopicTable.read(config, TOPIC, 100, 1);
    assertThat(sample.seen()).isEqualTo(PAYMENTS);
    assertThat(sample.rows()).hasDimensions(100, 2);
    assertThat(sample.rows()).isDeepEqualTo(TopicTable.read(config, TOPIC, 100, 1).rows());
    assertThat(sample.rows()).isNotEqualTo(TopicTable.read(config, TOPIC, 100, 2).rows());
  }

  @Test
  void shouldSayAtTheStartWhatTheRecordsLack() {
    TrainerConfig config = config(Map.of("model.features", "amont"));

    assertThatThrownBy(() -> TrainerTopics.prepare(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no field 'amont'; did you mean 'amount'?");
    assertThatThrownBy(() -> TopicTable.read(config, TOPIC, 10, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nothing in it can be learned from")
        .hasMessageContaining("wrong-schema=6000");
    assertThatThrownBy(() -> TopicTable.read(config, "none", 10, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none: there is no such topic");
  }

  private static long seen(LocalTrainer trainer) {
    return trainer.progress().eventsLearned() + trainer.progress().eventsQuarantined();
  }

  private TrainerConfig config(Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    values.put("bootstrap.servers", kafka.bootstrapServers());
    values.put("schema.registry.url", schemas.url());
    values.put("vectors.topic", TOPIC);
    values.put("model.k", "4");
    values.put("model.kernel", "scalar");
    values.put("checkpoint.interval.ms", "300");
    values.put("checkpoint.dir", checkpoints.toUri().toString());
    values.putAll(more);
    return new TrainerConfig(values);
  }

  private static byte[] payment(byte[] header, int i, Random random) throws IOException {
    GenericData.Array<Double> embedding =
        new GenericData.Array<>(
            PAYMENT.getField("embedding").schema(),
            List.of(random.nextGaussian(), random.nextGaussian(), (double) (i % 4)));
    GenericRecord payment =
        new GenericRecordBuilder(PAYMENT)
            .set("iban", "DE" + i)
            .set("booked", (long) i)
            .set("amount", 10.0 * (i % 4) + random.nextGaussian())
            .set("items", i % 7)
            .set("category", i % 2 == 0 ? "fuel" : "food/drink")
            .set("embedding", embedding)
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(header);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(PAYMENT).write(payment, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
