package io.shoal.benchmarks.training;

import io.shoal.jobs.LocalTrainer;
import io.shoal.jobs.TrainerConfig;
import io.shoal.jobs.TrainerProgress;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.FeatureVector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Jobs that read Avro vectors from a topic. */
final class KafkaJobs {
  private static final String TOPIC = "vectors";
  private static final int PARALLELISM = 2;
  private static final int POLL_RECORDS_MAX = 4_096;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String brokers;
  private final String schemaRegistryUrl;

  KafkaJobs(String brokers, String schemaRegistryUrl) {
    this.brokers = brokers;
    this.schemaRegistryUrl = schemaRegistryUrl;
  }

  /** Writes so many vectors of {@link MemoryJobs#D} values, over as many partitions as readers. */
  void fill(int count) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARALLELISM, (short) 1))).all().get();
    }
    append(count);
  }

  /** Writes some more. */
  void append(int count) {
    Random random = new Random(1);
    float[][] rows = new float[1 << 12][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = MemoryJobs.point(random);
    }
    try (KafkaProducer<String, FeatureVector> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers, "linger.ms", 20, "batch.size", 1 << 18),
            new StringSerializer(),
            new AvroSerializer<>(SchemaRegistry.at(schemaRegistryUrl), FeatureVector.class))) {
      for (int i = 0; i < count; i++) {
        FeatureVector vector =
            new FeatureVector(
                "t-" + i,
                Instant.ofEpochMilli(i),
                "00c0ffee00c0ffee",
                FloatArrays.asList(rows[i % rows.length]));
        var unused =
            producer.send(new ProducerRecord<>(TOPIC, i % PARALLELISM, "c" + i % 5_000, vector));
      }
    }
  }

  /**
   * Vectors a second that the whole training job learns from, checkpoints and versions included.
   */
  double train(Path checkpoints, int count) {
    Throughput.clear();
    TrainerConfig config =
        config(
            checkpoints,
            Map.of(
                "model.name", "throughput",
                "batch.size", "4096",
                "source.parallelism", String.valueOf(PARALLELISM)));
    try (LocalTrainer trainer = LocalTrainer.start(config)) {
      TrainerProgress progress = trainer.progress();
      long untilNs = System.nanoTime() + PATIENCE.toNanos();
      // What is left at the end fills no mini-batch and waits for its interval.
      while (learned(progress) < count - count / 20) {
        Throughput.report(learned(progress));
        if (System.nanoTime() > untilNs) {
          throw new IllegalStateException("the trainer learned only from " + learned(progress));
        }
        LockSupport.parkNanos(20_000_000);
      }
      Throughput.report(learned(progress));
    }
    return Throughput.perSecond(count / 4);
  }

  /** Vectors a second that a job can take which does nothing but deserialize and count them. */
  double count(int count) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, new Configuration());
    env.getConfig().enableObjectReuse();
    KafkaSource<Long> source =
        KafkaSource.<Long>builder()
            .setBootstrapServers(brokers)
            .setTopics(TOPIC)
            .setGroupId("count")
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.latest())
            .setProperty("isolation.level", "read_committed")
            .setProperty("max.poll.records", String.valueOf(POLL_RECORDS_MAX))
            .setDeserializer(new Decode(schemaRegistryUrl))
            .build();
    Throughput.clear();
    Count.COUNTED.set(0);
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "vectors")
        .flatMap(new Count())
        .returns(Types.LONG)
        .sinkTo(new DiscardingSink<>());
    env.execute("count");
    return Throughput.perSecond(count / 4);
  }

  /** A configuration for these topics. */
  TrainerConfig config(Path checkpoints, Map<String, String> more) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "schema.registry.url",
                schemaRegistryUrl,
                "vectors.topic",
                TOPIC,
                "vectors.array",
                "values",
                "vectors.event.time",
                "event_time",
                "model.features",
                MemoryJobs.names(),
                "model.k",
                String.valueOf(MemoryJobs.K),
                "checkpoint.dir",
                checkpoints.toUri().toString()));
    values.putAll(more);
    return new TrainerConfig(values);
  }

  private static long learned(TrainerProgress progress) {
    return progress.eventsLearned() + progress.eventsQuarantined();
  }

  private static final class Decode implements KafkaRecordDeserializationSchema<Long> {
    private static final long serialVersionUID = 1L;
    private final String schemaRegistryUrl;
    private transient AvroDeserializer<FeatureVector> avro;

    @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
    Decode(String schemaRegistryUrl) {
      this.schemaRegistryUrl = schemaRegistryUrl;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      avro = new AvroDeserializer<>(SchemaRegistry.at(schemaRegistryUrl), FeatureVector.class);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Long> out) {
      FeatureVector vector = avro.deserialize(record.topic(), record.value());
      if (vector != null) {
        out.collect(vector.getEventTime().toEpochMilli());
      }
    }

    @Override
    public TypeInformation<Long> getProducedType() {
      return Types.LONG;
    }
  }

  private static final class Count implements FlatMapFunction<Long, Long> {
    private static final long serialVersionUID = 1L;
    private static final int REPORT_EVERY = 10_000;
    private static final AtomicLong COUNTED = new AtomicLong();
    private int counted;

    @Override
    public void flatMap(Long eventTimeMs, Collector<Long> out) {
      if (++counted == REPORT_EVERY) {
        counted = 0;
        Throughput.report(COUNTED.addAndGet(REPORT_EVERY));
      }
    }
  }
}
