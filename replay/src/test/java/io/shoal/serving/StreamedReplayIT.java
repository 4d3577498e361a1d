package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.Labels;
import io.shoal.jobs.LabelledPoint;
import io.shoal.jobs.ModelTrainer;
import io.shoal.jobs.PointBlock;
import io.shoal.jobs.TrainerSettings;
import io.shoal.kmeans.KernelProvider;
import io.shoal.replay.Replay;
import io.shoal.replay.ReplaySettings;
import io.shoal.replay.Traffic;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * The sidecar's topology and the trainer, fed record by record in step, against the replay of the
 * same traffic. The test driver commits to disk after each record, which takes its time.
 */
class StreamedReplayIT {
  private static final Topics TOPICS = new Topics("");
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();
  private static final ReplaySettings SETTINGS =
      new ReplaySettings(Map.of("model.k", "8", "batch.size", "64"));
  private static final List<Traffic.Row> ROWS = Traffic.rows(1_300, Duration.ofMinutes(30), 9);

  @TempDir(factory = InMemory.class)
  Path stateDir;

  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final TrainerSettings settings = TrainerSettings.of(SETTINGS.trainer(), "test");
  private final ModelTrainer trainer =
      new ModelTrainer(settings, KernelProvider.load(settings.kernel()), "replay");
  private final int[] projection = FEATURES.indexesOf(settings.features());

  /** Where a commit does not wait for a disk, if there is such a place. */
  static final class InMemory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      Path memory = Path.of("/dev/shm");
      return Files.isWritable(memory)
          ? Files.createTempDirectory(memory, "shoal")
          : Files.createTempDirectory("shoal");
    }
  }

  @Test
  void shouldPredictInTheStreamWhatTheReplayPredicts() throws IOException {
    List<Prediction> replayed = new ArrayList<>();
    new Replay(SETTINGS, new Labels())
        .run(new Traffic(ROWS), (event, vector, prediction, label) -> replayed.add(prediction));

    List<Prediction> streamed = stream();

    assertThat(streamed).hasSameSizeAs(replayed);
    for (int i = 0; i < replayed.size(); i++) {
      Prediction expected = replayed.get(i);
      expected.setSourceTopic(TOPICS.transactions());
      expected.setSourceOffset(i);
      assertThat(streamed.get(i)).as("prediction %d", i).isEqualTo(expected);
    }
    assertThat(streamed.get(streamed.size() - 1).getRisk()).isNotNull();
  }

  private List<Prediction> stream() throws IOException {
    List<Prediction> all = new ArrayList<>();
    try (TopologyTestDriver driver = driver()) {
      TestInputTopic<String, Transaction> transactions =
          input(driver, TOPICS.transactions(), Transaction.class);
      TestInputTopic<String, Label> labels = input(driver, TOPICS.labels(), Label.class);
      TestInputTopic<String, ModelUpdate> models =
          input(driver, TOPICS.models(), ModelUpdate.class);
      TestOutputTopic<String, Prediction> predictions =
          output(driver, TOPICS.predictions(), Prediction.class);
      TestOutputTopic<String, FeatureVector> vectors =
          output(driver, TOPICS.features(), FeatureVector.class);
      TestOutputTopic<String, Feedback> feedback =
          output(driver, TOPICS.feedback(), Feedback.class);
      Deque<Transaction> frauds = new ArrayDeque<>();
      for (Traffic.Row row : ROWS) {
        Instant now = row.transaction().getEventTime();
        while (!frauds.isEmpty() && !due(frauds.peek()).isAfter(now)) {
          Transaction fraud = frauds.remove();
          String id = fraud.getTransactionId();
          labels.pipeInput(id, new Label(id, true, due(fraud), "test"));
          learn(feedback.readValue());
        }
        transactions.pipeInput(row.transaction().getCustomerId(), row.transaction());
        all.add(predictions.readValue());
        learn(vectors.readValue(), now, models);
        if (row.fraud()) {
          frauds.add(row.transaction());
        }
      }
    }
    return all;
  }

  private static Instant due(Transaction fraud) {
    return fraud.getEventTime().plus(Traffic.DELAY);
  }

  private void learn(Feedback feedback) {
    LabelledPoint point = new LabelledPoint();
    point.values = project(feedback.getValues());
    point.fraud = feedback.getFraud();
    point.eventTimeMs = feedback.getKnownAt().toEpochMilli();
    trainer.addLabel(point);
  }

  private void learn(FeatureVector vector, Instant now, TestInputTopic<String, ModelUpdate> models)
      throws IOException {
    PointBlock block = new PointBlock();
    block.n = 1;
    block.d = projection.length;
    block.points = project(vector.getValues());
    block.eventTimeMs = now.toEpochMilli();
    if (trainer.add(block) && trainer.publishable()) {
      byte[] candidate = trainer.publish(now).modelVersion;
      ModelVersion version =
          new SpecificDatumReader<>(ModelVersion.class)
              .read(null, DecoderFactory.get().binaryDecoder(candidate, null));
      version.setVersion(version.getSequence());
      models.pipeInput(
          "default/champion", new ModelUpdate("default", "champion", now, "test", version, null));
    }
  }

  private float[] project(List<Float> values) {
    float[] projected = new float[projection.length];
    for (int f = 0; f < projection.length; f++) {
      projected[f] = values.get(projection[f]);
    }
    return projected;
  }

  private TopologyTestDriver driver() {
    SidecarConfig config =
        new SidecarConfig(
            Map.of(
                SidecarConfig.BOOTSTRAP_SERVERS, "unused:1",
                SidecarConfig.SCHEMA_REGISTRY_URL, "http://unused:1",
                SidecarConfig.STATE_DIR, stateDir.toString()));
    Clock clock = Clock.fixed(Traffic.START.plus(Duration.ofDays(100)), ZoneOffset.UTC);
    ModelCache cache =
        new ModelCache(
            FEATURES,
            TOPICS.models(),
            "default",
            "champion",
            config.canaries(),
            new AvroDeserializer<>(registry, ModelUpdate.class),
            List.of());
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            config.application(),
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            "unused:1",
            StreamsConfig.STATE_DIR_CONFIG,
            stateDir.toString(),
            StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
            DeadLetterHandler.class,
            DeadLetterHandler.LETTERS,
            new DeadLetterHandler.Letters(
                TOPICS.deadLetters(), new AvroSerializer<>(registry, DeadLetter.class), clock)));
    return new TopologyTestDriver(
        new SidecarTopology(
                config,
                FEATURES,
                cache,
                new ShadowBoard(),
                config.reviews(),
                new RecentPredictions(),
                new AvroSerdes(registry),
                config.scoring(),
                config.skew(new SkewReport(FEATURES)),
                topic -> 1,
                clock)
            .build(),
        properties,
        Traffic.START);
  }

  private <T extends SpecificRecord> TestInputTopic<String, T> input(
      TopologyTestDriver driver, String topic, Class<T> type) {
    return driver.createInputTopic(
        topic, new StringSerializer(), new AvroSerializer<>(registry, type));
  }

  private <T extends SpecificRecord> TestOutputTopic<String, T> output(
      TopologyTestDriver driver, String topic, Class<T> type) {
    return driver.createOutputTopic(
        topic, new StringDeserializer(), new AvroDeserializer<>(registry, type));
  }
}
