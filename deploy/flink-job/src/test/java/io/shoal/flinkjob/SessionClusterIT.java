package io.shoal.flinkjob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.jobs.LocalTrainer;
import io.shoal.jobs.TrainerConfig;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job's jar on a cluster of separate processes, whose TaskManagers are killed at work. */
class SessionClusterIT {
  private static final int KILLS = Integer.getInteger("shoal.kills", 20);
  private static final int BATCH = 256;
  private static final int CHUNK = 4 * BATCH;

  /** Of the models: the one of all, and those of the segments. */
  private static final List<String> SUFFIXES = List.of("", ".even", ".odd");

  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  /** Mini-batches that only fill, of one partition, so that each run has the same ones. */
  private static final Map<String, String> CADENCE =
      Map.of(
          "checkpoint.interval.ms", "200",
          "publish.interval.ms", "50",
          "restart.delay.max.ms", "500",
          // One task of each segment's writer on each of two TaskManagers: no kill misses the job.
          "source.parallelism", "2",
          "batch.size", String.valueOf(BATCH),
          "batch.interval.ms", "60000");

  private static final Pattern CLASS_CONFLICT =
      Pattern.compile(
          "NoSuch(Method|Field)Error|NoClassDefFoundError|ClassCastException|LinkageError"
              + "|already loaded in another classloader");

  @TempDir Path folder;

  @Test
  void shouldEndAsIfNoTaskManagerHadBeenKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(17);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0);
        VectorTopic topic = new VectorTopic(kafka.bootstrapServers(), schemas.url());
        FlinkCluster cluster = new FlinkCluster(folder.resolve("flink"))) {
      cluster.addTaskManager();
      cluster.addTaskManager();
      await().atMost(TIMEOUT).until(() -> cluster.hasTaskManagers(2));
      Map<String, String> options = options(topic, schemas.url(), "killed");
      String submitted =
          cluster.commandLine(
              "run",
              "--detached",
              "--jobmanager",
              cluster.restAddress(),
              System.getProperty("shoal.training.job.jar"),
              write(options).toString());
      assertThat(submitted).contains("Job has been submitted with JobID");
      topic.produce(4 * CHUNK);
      topic.candidatesUntil("killed", version -> true);

      for (int kill = 0; kill < KILLS; kill++) {
        int chunks = random.nextInt(1, 4);
        for (int c = 0; c < chunks; c++) {
          topic.produce(CHUNK);
        }
        long wanted = topic.produced() - random.nextInt(CHUNK);
        cluster.addTaskManager();
        topic.candidatesUntil("killed", v -> VectorTopic.seen(v) >= wanted - CHUNK);
        cluster.killTaskManager();
      }
      topic.produce(CHUNK);
      for (String suffix : SUFFIXES) {
        List<ModelVersion> versions = versions(topic, "killed" + suffix);

        assertThat(versions.stream().map(ModelVersion::getSequence))
            .containsExactlyElementsOf(LongStream.rangeClosed(1, versions.size()).boxed().toList());
        assertThat(versions.stream().map(ModelVersion::getJobId).distinct()).hasSize(1);
        assertThat(last(versions).getParameters()).containsEntry("kernel", "simd");
      }
      assertThat(incrementalFiles(folder.resolve("killed"))).isPositive();
      assertSameModels(topic, schemas.url());
      // Flink says that there is no Hadoop.
      assertThat(cluster.logs().lines().filter(line -> !line.contains("hadoop")))
          .isNotEmpty()
          .noneMatch(CLASS_CONFLICT.asPredicate());
    }
  }

  /** All versions of a model, whose last one has learned from everything that is there. */
  private static List<ModelVersion> versions(VectorTopic topic, String model) {
    long events =
        model.contains(".") ? topic.produced() / VectorTopic.SEGMENTS.size() : topic.produced();
    return topic.candidatesUntil(model, version -> VectorTopic.seen(version) == events);
  }

  /** The files of RocksDB that checkpoints share. */
  private static long incrementalFiles(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files.filter(f -> f.getParent().endsWith("shared")).count();
    }
  }

  /** The models of a job in this JVM that nobody disturbs are the same. */
  private void assertSameModels(VectorTopic topic, String schemaRegistryUrl) {
    Map<String, String> options = options(topic, schemaRegistryUrl, "undisturbed");
    try (LocalTrainer trainer = LocalTrainer.start(new TrainerConfig(options))) {
      for (String suffix : SUFFIXES) {
        assertSameModel(
            last(versions(topic, "killed" + suffix)),
            last(versions(topic, "undisturbed" + suffix)));
      }
      assertThat(trainer.failure()).isEmpty();
    }
  }

  private Map<String, String> options(VectorTopic topic, String schemaRegistryUrl, String model) {
    Map<String, String> options = new HashMap<>(topic.options(schemaRegistryUrl));
    options.putAll(CADENCE);
    options.put("model.name", model);
    options.put("checkpoint.dir", folder.resolve(model).toUri().toString());
    return options;
  }

  private Path write(Map<String, String> options) throws IOException {
    Properties properties = new Properties();
    properties.putAll(options);
    Path file = folder.resolve("trainer.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  private static ModelVersion last(List<ModelVersion> versions) {
    return versions.get(versions.size() - 1);
  }

  /** Bit for bit: equal floats and doubles of a finite model are the same bits but for zeros. */
  private static void assertSameModel(ModelVersion actual, ModelVersion expected) {
    assertThat(actual.getCentroids()).isEqualTo(expected.getCentroids());
    assertThat(actual.getScales()).isEqualTo(expected.getScales());
    assertThat(actual.getWeights()).isEqualTo(expected.getWeights());
    assertThat(actual.getScoreSketch()).isEqualTo(expected.getScoreSketch());
  }
}
